export const EXPLORE_TABS = [
  { id: '', label: 'Cost' },
  { id: 'matrix', label: 'Matrix' },
  { id: 'usage', label: 'Usage' },
  { id: 'lines', label: 'Bill lines' },
];

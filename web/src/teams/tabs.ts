export const TEAM_TABS = [
  { id: '', label: 'Services' },
  { id: 'resources', label: 'Resources' },
  { id: 'accounts', label: 'Accounts' },
  { id: 'shared', label: 'Shared cost' },
  { id: 'units', label: 'Unit cost' },
  { id: 'new', label: 'New this week' },
  { id: 'notes', label: 'Notes' },
  { id: 'rules', label: 'Rules' },
  { id: 'requests', label: 'Requests' },
] as const;

export const ATTRIBUTION_TABS = [
  { id: '', label: 'Rules' },
  { id: 'inbox', label: 'Inbox' },
  { id: 'requests', label: 'Requests' },
  { id: 'versions', label: 'Versions' },
  { id: 'shared', label: 'Shared cost' },
  { id: 'tags', label: 'Tags' },
  { id: 'org', label: 'Organisation' },
] as const;

/** Our own line icons, 20 px grid; decoration only, the words stand beside them. */
const PATHS = {
  home: 'M3 9.5 10 4l7 5.5V16a1 1 0 0 1-1 1h-4v-5H8v5H4a1 1 0 0 1-1-1z',
  explore: 'M4 16V9m4 7V5m4 11v-5m4 5V7',
  teams:
    'M7 9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zm-5 7c0-3 2-5 5-5s5 2 5 5M14 9.500a2 2 0 1 0-.500-4m1 6c2 .300 3.500 2 3.500 4.500',
  rules: 'M10 3v4m0 0H5v4m5-4h5v4M3 11h4v5H3zm10 0h4v5h-4z',
  data: 'M4 5.5C4 4 7 3.5 10 3.5s6 .5 6 2-3 2-6 2-6-.5-6-2zm0 0v9c0 1.500 3 2 6 2s6-.5 6-2v-9M4 10c0 1.500 3 2 6 2s6-.5 6-2',
  star: 'M10 3.500l2 4.300 4.700.600-3.500 3.200.900 4.700-4.100-2.300-4.100 2.300.900-4.700-3.500-3.200 4.700-.600z',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zm3.700 8.700L17 17',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  down: 'M5 8l5 5 5-5',
  close: 'M5 5l10 10M15 5L5 15',
  plus: 'M10 4v12M4 10h12',
  download: 'M10 3v9m0 0l-4-4m4 4l4-4M4 16h12',
  link: 'M8.500 11.500a3 3 0 0 0 4.200 0l2.600-2.600a3 3 0 0 0-4.200-4.200l-1 1m1.400 2.800a3 3 0 0 0-4.200 0L4.700 11.100a3 3 0 0 0 4.200 4.200l1-1',
  warn: 'M10 4l7 12.500H3zM10 8.500v3.500m0 2v.500',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM10 2v1.500m0 13V18M2 10h1.500m13 0H18M4.300 4.300l1.100 1.100m9.200 9.200l1.100 1.100m0-11.400l-1.100 1.100m-9.200 9.200l-1.100 1.100',
  moon: 'M15.500 12.500A6.500 6.500 0 0 1 7.500 4.500a6.500 6.500 0 1 0 8 8z',
  screen: 'M3 4.500h14v9H3zM7 17h6m-3-3.500V17',
  table: 'M3.500 4.500h13v11h-13zm0 4h13m-13 3.500h13M8 8.500v7',
  chart: 'M4 16V9m4 7V5m4 11v-5m4 5V7',
  columns: 'M4 4.500h3v11H4zm4.500 0h3v11h-3zm4.500 0h3v11h-3z',
  upload: 'M10 13V4m0 0L6 8m4-4l4 4M4 16h12',
  check: 'M4 10.500l4 4 8-9',
  drill: 'M7 4l6 6-6 6',
  help: 'M7.500 8a2.500 2.500 0 1 1 3.500 2.300c-.700.300-1 .700-1 1.700m0 2.500v.500',
  menu: 'M3.500 6h13m-13 4h13m-13 4h13',
  filter: 'M3.500 5h13l-5 6v5l-3-1.500V11z',
  trash: 'M4.500 6h11m-9 0l.700 10h5.600l.700-10M8 6V4h4v2',
  flag: 'M5 17V3.500m0 .500h9.500l-2 3 2 3H5',
  settings: 'M3.500 6h7m4 0h2M3.500 14h2m4 0h7M12.500 4v4M7.500 12v4',
  calendar: 'M4 5.500h12v11H4zm0 3.500h12M7 3.500v3m6-3v3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

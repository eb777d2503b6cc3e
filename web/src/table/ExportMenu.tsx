import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { type FileKind, fileAddress } from '../api/client';
import { type CostQuery, printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { MenuLabel } from '../ui/MenuLabel';

const FILES = [
  { extension: 'csv', label: 'CSV', note: 'Text, every digit' },
  { extension: 'xlsx', label: 'Excel', note: 'With totals and an About sheet; a ZIP of several beyond 1,048,575 rows' },
  { extension: 'parquet', label: 'Parquet', note: 'For programs' },
] as const;

/** The same question as a file: the whole answer, or every line behind it; never the page. */
export function ExportMenu({ query, of = 'costs' }: { query: CostQuery; of?: FileKind }) {
  return <FileMenu text={printQuery(query)} of={of} />;
}

/** Of every control that hands out a table, whichever files there are of it. */
export function ExportLabel() {
  return (
    <>
      <Icon name="download" size={16} />
      <span className="button-text">Export</span>
    </>
  );
}

/** Files of what an address of the API answers; `text` is its query. */
export function FileMenu({ text, of }: { text: string; of: FileKind }) {
  return (
    <MenuTrigger>
      <Button className="button quiet" aria-label="Export this table">
        <ExportLabel />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label="Export as">
          {FILES.map(({ extension, label, note }) => (
            <MenuItem
              key={extension}
              className="menu-item"
              textValue={label}
              href={fileAddress(of, text, extension)}
              download=""
            >
              <MenuLabel label={label} note={note} />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

import { type FileKind, fileAddress } from '../api/client';
import { type CostQuery, printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';

const FILES = [
  { id: 'csv', label: 'CSV', note: 'Text, every digit' },
  { id: 'xlsx', label: 'Excel', note: 'With totals and an About sheet; a ZIP of several beyond 1,048,575 rows' },
  { id: 'parquet', label: 'Parquet', note: 'For programs' },
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
    <MenuButton
      className="button quiet"
      name="Export this table"
      label="Export as"
      placement="bottom end"
      choices={FILES.map((choice) => ({ ...choice, file: fileAddress(of, text, choice.id) }))}
    >
      <ExportLabel />
    </MenuButton>
  );
}

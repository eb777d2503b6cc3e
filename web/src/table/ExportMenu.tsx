import { use } from 'react';
import { type FileKind, fileAddress } from '../api/client';
import { want } from '../jobs/wanted';
import { type CostQuery, printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';
import { PanelTitle } from '../ui/States';

const FILES = [
  { id: 'csv', label: 'CSV', note: 'Text, every digit' },
  { id: 'xlsx', label: 'Excel', note: 'With totals and an About sheet; a ZIP of several beyond 1,048,575 rows' },
  { id: 'parquet', label: 'Parquet', note: 'For programs' },
] as const;

type Form = (typeof FILES)[number]['id'];

interface Named {
  name?: string; // of the table, where the title of its panel is not one
}

/** The same question as a file: the whole answer, or every line behind it; never the page. */
export function ExportMenu({ query, of = 'costs', ...named }: Named & { query: CostQuery; of?: FileKind }) {
  return <FileMenu text={printQuery(query)} of={of} {...named} />;
}

/** Files of what an address of the API answers; `text` is its query. */
export function FileMenu({ text, of, ...named }: Named & { text: string; of: FileKind }) {
  return <Files {...named} fileOf={(form) => fileAddress(of, text, form)} />;
}

/** Files of a draft, which no address can hold: it is sent, and the file comes back. */
export function DraftMenu({ path, body, ...named }: Named & { path: string; body: unknown }) {
  return <Files {...named} onChoose={(form) => want({ path: `${path}.${form}`, body })} />;
}

interface FilesProps extends Named {
  fileOf?: (form: Form) => string;
  onChoose?: (form: string) => void;
}

function Files({ name, fileOf, onChoose }: FilesProps) {
  const title = use(PanelTitle);
  return (
    <MenuButton
      className="button quiet export"
      name={`Export ${name ?? title}`}
      label="Export as"
      placement="bottom end"
      choices={FILES.map((choice) => ({ ...choice, ...(fileOf && { file: fileOf(choice.id) }) }))}
      {...(onChoose && { onChoose })}
    >
      <Icon name="download" size={16} />
      <span className="button-text">Export</span>
    </MenuButton>
  );
}

import { Icon } from '../ui/Icon';

interface FindProps {
  caption: string;
  text: string;
  found: number;
  onText: (text: string) => void;
  onClose: () => void;
}

/** Rows of the table by their text; the totals stay those of all rows. */
export function Find({ caption, text, found, onText, onClose }: FindProps) {
  return (
    <search className="find">
      <label className="menu-search">
        <Icon name="search" size={16} />
        <span className="visually-hidden">Find in {caption}</span>
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          value={text}
          placeholder="Find in this table"
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
      </label>
      <span role="status" className="muted">
        {text && `${found === 1 ? '1 row' : `${found} rows`}`}
      </span>
      <button type="button" className="button quiet icon-only" aria-label="Close the search" onClick={onClose}>
        <Icon name="close" size={14} />
      </button>
    </search>
  );
}

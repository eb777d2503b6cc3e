import { useDeferredValue, useMemo, useState } from 'react';
import { useCatalogue, useTagKeys, useValues } from '../api/queries';
import type { ValueItem } from '../api/types';
import { money } from '../format/format';
import { literal, NONE, printValue, type Value } from '../query/escape';
import { keyOf, missingLabel, withValue } from '../query/group';
import { DEFAULTS, type Filter } from '../query/query';
import { Icon } from '../ui/Icon';
import { useAddress } from './address';
import { useCalled } from './Called';

/** Choose a dimension, then values that really occur, with the money behind each. */
export function FilterEditor({ filter, onDone }: { filter: Filter | null; onDone: (filter: Filter) => void }) {
  const [dimension, setDimension] = useState(filter?.dimension ?? '');
  if (!dimension) return <DimensionList onChoose={setDimension} />;
  const start = filter ?? { dimension, negated: false, values: [] };
  return <ValueList start={start} onBack={filter ? null : () => setDimension('')} onDone={onDone} />;
}

function DimensionList({ onChoose }: { onChoose: (name: string) => void }) {
  const [search, setSearch] = useState('');
  const catalogue = useCatalogue().data;
  const tags = useTagKeys();
  const all = useMemo(
    () => [
      ...(catalogue?.dimensions ?? []).map(({ name, label }) => ({ name, label })),
      ...tags.map((key) => ({ name: `tag.${key}`, label: `Tag ${key}` })),
    ],
    [catalogue, tags],
  );
  const wanted = search.trim().toLowerCase();
  const shown = all.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted));
  return (
    <>
      <SearchBox label="Search dimensions and tags" value={search} onChange={setSearch} />
      <ul className="filter-list">
        {shown.map(({ name, label }) => (
          <li key={name}>
            <button type="button" className="menu-item" onClick={() => onChoose(name)}>
              {label}
              <Icon name="right" size={14} />
            </button>
          </li>
        ))}
        {wanted && !shown.length && (
          <li>
            <button
              type="button"
              className="menu-item"
              onClick={() => onChoose(wanted.startsWith('tag.') ? search.trim() : `tag.${search.trim()}`)}
            >
              Tag {search.trim().replace(/^tag\./, '')}
              <Icon name="right" size={14} />
            </button>
          </li>
        )}
      </ul>
    </>
  );
}

function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="menu-search">
      <Icon name="search" size={16} />
      <span className="visually-hidden">{label}</span>
      {/* biome-ignore lint/a11y/noAutofocus: the popover was opened to search */}
      <input value={value} onChange={(event) => onChange(event.target.value)} placeholder="Search" autoFocus />
    </label>
  );
}

interface ValueListProps {
  start: Filter;
  onBack: (() => void) | null;
  onDone: (filter: Filter) => void;
}

function ValueList({ start, onBack, onDone }: ValueListProps) {
  const { query } = useAddress();
  const [filter, setFilter] = useState(start);
  const [search, setSearch] = useState('');
  const others = query.where.filter((other) => other.dimension !== start.dimension);
  const scope = {
    ...DEFAULTS,
    measures: query.measures.slice(0, 1),
    period: query.period,
    where: others,
    currency: query.currency,
  };
  const { data, isPending, error } = useValues(start.dimension, useDeferredValue(search), scope);
  const called = useCalled();
  const chosen = new Set(filter.values.map(printValue));
  const toggle = (value: Value) => {
    const key = printValue(value);
    const values = chosen.has(key) ? filter.values.filter((old) => printValue(old) !== key) : [...filter.values, value];
    setFilter({ ...filter, values });
  };
  const kept = filter.values.filter(
    (value) => !(data?.values ?? []).some((item) => printValue(asValue(item)) === printValue(value)),
  );
  return (
    <>
      <div className="filter-verb">
        {onBack && (
          <button type="button" className="button quiet icon-only" aria-label="Back to dimensions" onClick={onBack}>
            <Icon name="left" size={16} />
          </button>
        )}
        <fieldset className="joined" aria-label="Keep or leave out">
          <button
            type="button"
            className="button"
            aria-pressed={!filter.negated}
            onClick={() => setFilter({ ...filter, negated: false })}
          >
            is
          </button>
          <button
            type="button"
            className="button"
            aria-pressed={filter.negated}
            onClick={() => setFilter({ ...filter, negated: true })}
          >
            is not
          </button>
        </fieldset>
        <button type="button" className="button primary" onClick={() => onDone(filter)}>
          Apply
        </button>
      </div>
      <SearchBox label="Search values" value={search} onChange={setSearch} />
      <ul className="filter-list" aria-busy={isPending}>
        {search && (
          <Option
            value={{ text: search, contains: true, marker: false }}
            label={`Contains “${search}”`}
            chosen={chosen}
            onToggle={toggle}
          />
        )}
        {kept.map((value) => (
          <Option
            key={printValue(value)}
            value={value}
            label={
              value.contains ? `Contains “${value.text}”` : called(start.dimension, value.marker ? null : value.text)
            }
            chosen={chosen}
            onToggle={toggle}
          />
        ))}
        {data?.values.map((item) => (
          <Option
            key={keyOf(item.value)}
            value={asValue(item)}
            label={item.label ?? item.value ?? missingLabel(start.dimension)}
            title={withValue(item.label ?? '', item.value)}
            note={moneyOf(item, data.measure)}
            chosen={chosen}
            onToggle={toggle}
          />
        ))}
        {error && <li className="menu-empty">{error.message}</li>}
        {data && !data.values.length && !search && <li className="menu-empty">No values in these days</li>}
      </ul>
    </>
  );
}

function asValue(item: ValueItem): Value {
  return item.value === null ? NONE : literal(item.value);
}

function moneyOf(item: ValueItem, measure: string): string {
  return item.amounts.map((amount) => `${money(amount[measure])} ${amount.currency ?? ''}`).join(' · ');
}

interface OptionProps {
  value: Value;
  label: string;
  title?: string;
  note?: string;
  chosen: ReadonlySet<string>;
  onToggle: (value: Value) => void;
}

function Option({ value, label, title, note, chosen, onToggle }: OptionProps) {
  return (
    <li>
      <label className="filter-option">
        <input type="checkbox" checked={chosen.has(printValue(value))} onChange={() => onToggle(value)} />
        <span className="filter-value" title={title}>
          {label}
        </span>
        {note && <span className="num muted">{note}</span>}
      </label>
    </li>
  );
}

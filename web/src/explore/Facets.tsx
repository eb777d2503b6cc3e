import { isCancelledError } from '@tanstack/react-query';
import { useDeferredValue, useId, useState, useSyncExternalStore } from 'react';
import { useValues } from '../api/queries';
import type { ValueItem, Values } from '../api/types';
import { type Here, useAddress } from '../app/address';
import { useDimensionLabel } from '../app/Filters';
import { compact } from '../format/format';
import { literal, NONE } from '../query/escape';
import { keyOf, missingLabel, withValue } from '../query/group';
import { narrowed } from '../query/narrowed';
import { DEFAULTS, type Filter } from '../query/query';
import { afterPaint } from '../ui/afterPaint';
import { Icon } from '../ui/Icon';
import { FACETS, type Standing, standing, toggled } from './facets';

const SHOWN = 8;
const FOUND = 40;
const OPEN_AT_FIRST: readonly string[] = ['provider', 'team'];
const media = typeof matchMedia === 'function' ? matchMedia('(min-width: 1280px)') : null;

/** Room for the facets beside the table; below that they lie under it, closed. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      media?.addEventListener('change', listener);
      return () => media?.removeEventListener('change', listener);
    },
    () => media?.matches ?? false,
  );
}

/** What the scope is made of, a list per dimension; choosing a value filters, with Alt it leaves the value out. */
export function Facets({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  const here = useAddress();
  const body = useId();
  return (
    <section className={open ? 'panel facets' : 'panel facets is-closed'} aria-label="Narrow down">
      <h2>
        <button
          type="button"
          className="facet-head"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => onOpen(!open)}
        >
          <Icon name={open ? 'down' : 'right'} size={14} /> Narrow down
        </button>
      </h2>
      <div id={body} hidden={!open}>
        {open && FACETS.map((dimension) => <Facet key={dimension} dimension={dimension} here={here} />)}
      </div>
    </section>
  );
}

function Facet({ dimension, here }: { dimension: string; here: Here }) {
  const label = useDimensionLabel()(dimension);
  const used = here.query.where.some((filter) => filter.dimension === dimension);
  const [open, setOpen] = useState(used || OPEN_AT_FIRST.includes(dimension));
  const body = useId();
  return (
    <div className="facet">
      <h3>
        <button
          type="button"
          className="facet-head"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'right'} size={14} /> {label}
          <span className="visually-hidden">, values</span>
          {used && <span className="badge">filtered</span>}
        </button>
      </h3>
      <div id={body} hidden={!open}>
        {open && <FacetValues dimension={dimension} label={label} here={here} />}
      </div>
    </div>
  );
}

function FacetValues({ dimension, label, here }: { dimension: string; label: string; here: Here }) {
  const { query } = here;
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search);
  const scope = {
    ...DEFAULTS,
    measures: query.measures.slice(0, 1),
    period: query.period,
    basis: query.basis,
    incomplete: query.incomplete,
    currency: query.currency,
    where: query.where.filter((filter) => filter.dimension !== dimension),
  };
  const { data, error, isPlaceholderData } = useValues(dimension, sought, scope, true, sought ? FOUND : SHOWN);
  if (error && !data) return <p className="facet-none">{isCancelledError(error) ? 'Cancelled' : error.message}</p>;
  return (
    <>
      {(search !== '' || data?.more) && (
        <label className="facet-search">
          <span className="visually-hidden">Search {label}</span>
          <input
            className="input"
            type="search"
            placeholder="Search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
      )}
      <ul className={isPlaceholderData ? 'facet-list is-old' : 'facet-list'}>
        {data?.values.map((item) => (
          <FacetValue key={keyOf(item.value)} item={item} found={data} dimension={dimension} here={here} />
        ))}
      </ul>
      {data?.values.length === 0 && <p className="facet-none">{search ? 'Nothing by that name' : 'None here'}</p>}
      {data?.more && <p className="facet-none">The dearest are shown.</p>}
    </>
  );
}

interface FacetValueProps {
  item: ValueItem;
  found: Values;
  dimension: string;
  here: Here;
}

function FacetValue({ item, found, dimension, here }: FacetValueProps) {
  const { query, go } = here;
  const value = item.value === null ? NONE : literal(item.value);
  const name = item.label ?? item.value ?? missingLabel(dimension);
  const [pressed, setPressed] = useState<{ under: readonly Filter[]; state: Standing } | null>(null);
  const state = pressed?.under === query.where ? pressed.state : standing(query.where, dimension, value);
  const choose = (negated: boolean) => {
    const where = toggled(query.where, dimension, value, negated);
    setPressed({ under: query.where, state: standing(where, dimension, value) }); // seen before the page is drawn anew
    afterPaint(() => go({ query: { ...narrowed(query, found), where } }));
  };
  return (
    <li className={state === 'out' ? 'facet-value is-out' : 'facet-value'}>
      <button
        type="button"
        className="facet-choose"
        aria-pressed={state === 'in'}
        title={`${withValue(name, item.value)}. Alt-click leaves it out.`}
        onClick={(event) => choose(event.altKey)}
      >
        <span className="facet-name">{name}</span>
        <span className={several(item) ? 'num muted facet-several' : 'num muted'}>
          {item.amounts
            .map((amount) => `${compact(amount[found.measure])}${several(item) ? ` ${amount.currency}` : ''}`)
            .join(' · ')}
        </span>
      </button>
      <button
        type="button"
        className="facet-exclude"
        aria-label={`Leave out ${name}`}
        aria-pressed={state === 'out'}
        title={`Leave out ${name}`}
        onClick={() => choose(true)}
      >
        ≠
      </button>
    </li>
  );
}

function several(item: ValueItem): boolean {
  return item.amounts.length > 1;
}

import { useNavigate, useRouterState } from '@tanstack/react-router';
import { createContext, useContext, useMemo } from 'react';
import { useCatalogue } from '../api/queries';
import { type Address, parseAddress, printAddress, type View } from '../query/address';
import type { CostQuery } from '../query/query';
import { checked } from './checked';
import { pageAt } from './pages';

export interface Step {
  query?: Partial<CostQuery>;
  view?: Partial<View>;
  path?: string;
  replace?: boolean; // typing and dragging replace; a step by the reader is history
}

export interface Here extends Address {
  path: string;
  go: (step: Step) => void;
  to: (step: Step) => string; // the same step as the text of a link, without its path
}

export const Whereabouts = createContext<Here | null>(null);

/** Where the reader is: the question and the view, read from the address, and the way to change them. */
export function useAddress(): Here {
  const here = useContext(Whereabouts);
  if (!here) throw new Error('the address is read once, by what frames the page');
  return here;
}

/** Reads the address, for everything below. */
export function useReadAddress(): Here {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const text = useRouterState({ select: (state) => state.location.search.text ?? '' });
  const catalogue = useCatalogue().data;
  const navigate = useNavigate();
  return useMemo(() => {
    const address = checked(parseAddress(text), catalogue, pageAt(path)?.tabs);
    const to = (step: Step) => printAddress({ ...address.query, ...step.query }, { ...address.view, ...step.view });
    const go = (step: Step) => {
      navigate({ to: step.path ?? path, search: { text: to(step) }, replace: step.replace ?? false });
    };
    return { ...address, path, to, go };
  }, [text, path, navigate, catalogue]);
}

/** The question about the whole scope: one row per currency. It also tells the period and the freshness. */
export function scopeQuery(query: CostQuery): CostQuery {
  return { ...query, by: [], grain: 'none', top: null, sort: [] };
}

import { CATALOGUE, queryClient, SOURCES, STATUS } from '../api/queries';
import { askCosts } from '../notes/ahead';
import { parseAddress } from '../query/address';
import { PREFERENCES } from '../views/ask';
import { scopeQuery } from './address';
import { checked } from './checked';
import { type Page, pageAt, scopeOf } from './pages';

const PATIENCE_MS = 300;

/**
 * What must be there before anything is drawn, so that little is drawn twice: the code of the page, and what
 * public/first.js has asked. The questions of the page are on their way while it is being drawn.
 */
export async function begin(path: string, text: string): Promise<void> {
  const page = pageAt(path);
  const asked = page && askAhead(page, text).catch(() => {}); // the page itself says what failed
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.all([page?.Component.fetch(), Promise.race([asked, late])]);
}

async function askAhead(page: Page, text: string): Promise<void> {
  const asked = [queryClient.ensureQueryData(STATUS), queryClient.ensureQueryData(CATALOGUE)] as const;
  const all = [...asked, queryClient.ensureQueryData(SOURCES)] as const;
  void queryClient.prefetchQuery(PREFERENCES);
  const [status, catalogue, { sources }] = await Promise.all(all);
  if (status.empty) return;
  const { query, view } = checked(parseAddress(text), catalogue, page.tabs);
  const bar = scopeOf(page, view.tab);
  if (bar !== 'none' && bar !== 'address') askCosts([scopeQuery(query)]);
  page.ahead?.(query, { demo: status.demo, sources });
}

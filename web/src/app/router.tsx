import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { BASE } from '../api/client';
import { NotFound } from './NotFound';
import { PAGES } from './pages';
import { Shell } from './Shell';

/** The address is kept as the text it is; `parseAddress` types and judges it, so that no word is lost on the way. */
const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): { text?: string } => ({
    text: typeof search.text === 'string' ? search.text : '',
  }),
});

const routes = PAGES.map((page) =>
  createRoute({ getParentRoute: () => root, path: page.path, component: page.Component }),
);

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: BASE,
  parseSearch: (text) => ({ text: text.replace(/^\?/, '') }),
  stringifySearch: (search) => (search.text ? `?${String(search.text)}` : ''),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

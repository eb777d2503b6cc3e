import { Outlet } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { UNSAFE_PortalProvider } from 'react-aria/PortalProvider';
import { forgetAnswers, useAnswer, useCatalogue, useStatus } from '../api/queries';
import { FileTray } from '../jobs/FileTray';
import { printAddress } from '../query/address';
import { useThere } from '../ui/late';
import { Failure, Guard, Skeleton } from '../ui/States';
import { Seen } from '../ui/seen';
import { useStart } from '../views/useStart';
import { scopeQuery, useAddress, useReadAddress, Whereabouts } from './address';
import { useArrived } from './arrival';
import { Banners } from './Banners';
import { names } from './checked';
import { FaultBar } from './FaultBar';
import { Warnings } from './Freshness';
import { useKeys } from './keys';
import { fetchOverlays, Overlays } from './Overlays';
import { pageAt, scopeOf } from './pages';
import { Rail } from './Rail';
import { ScopeBar } from './ScopeBar';
import { SlowBar } from './SlowBar';

const OVER = 'over-the-page';

/** When loads or rules changed behind our back, answers in the cache are asked again. */
function useNewData(generations: string | null | undefined, rules: number | undefined): void {
  const state = `${generations} ${rules}`;
  const seen = useRef(state);
  useEffect(() => {
    if (seen.current !== state && !seen.current.startsWith('undefined')) forgetAnswers();
    seen.current = state;
  }, [state]);
}

/** The address is read here, once, for everything below. */
export function Shell() {
  return (
    <Whereabouts value={useReadAddress()}>
      <Frame />
    </Whereabouts>
  );
}

/** Rail, scope bar and content. The content is asked by pages; what frames it is asked here, once. */
function Frame() {
  const { path, query, faults, view } = useAddress();
  const main = useRef<HTMLElement>(null);
  const page = pageAt(path);
  const status = useStatus();
  const catalogue = useCatalogue();
  const unread = catalogue.isPending && names({ query, faults, view }); // whether its words name anything is not known yet
  const bar = scopeOf(page, view.tab);
  const known = !unread && status.data?.empty === false;
  const scoped = known && bar !== 'none' && bar !== 'address';
  const scope = useAnswer(scopeQuery(query), scoped);
  useKeys();
  useStart(path, printAddress(query, view));
  useNewData(status.data?.generations, status.data?.rules_version);
  const title = status.data?.empty && path === '/' ? 'Welcome to Outlay' : (page?.label ?? 'No such page');

  useEffect(() => {
    document.title = page ? `${page.label} · Outlay` : 'Outlay';
  }, [page]);

  return (
    <UNSAFE_PortalProvider getContainer={() => document.getElementById(OVER)}>
      <div className="shell">
        {/* biome-ignore lint/a11y/useValidAnchor: it moves the focus, and leaves the address alone */}
        <a
          href="#main"
          className="skip"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to content
        </a>
        <Rail />
        <Overlays />
        <Column>
          <Banners />
          <FileTray path={path} />
          {known && bar !== 'none' && <ScopeBar scope={bar} answer={scoped ? scope.data : undefined} />}
          <main id="main" ref={main} tabIndex={-1} className="content">
            <Arriving
              path={path}
              head={
                <>
                  <h1 className={!page || page.scope === 'full' || page.scope === 'address' ? 'visually-hidden' : ''}>
                    {title}
                  </h1>
                  <FaultBar faults={faults} />
                  <SlowBar key={`${path}?${printAddress(query, view)}`} />
                  <Warnings answer={scoped ? scope.data : undefined} />
                </>
              }
            >
              {status.error ? (
                <Failure error={status.error} what="Outlay" retry={() => status.refetch()} />
              ) : unread ? (
                <Skeleton lines={12} />
              ) : (
                <Guard key={path} what="This page">
                  <Outlet />
                </Guard>
              )}
            </Arriving>
          </main>
        </Column>
      </div>
      {/* What opens over a page: a landmark, for those who move by them; at the end, where nothing clips it. */}
      <section id={OVER} aria-label="Opened over the page" />
    </UNSAFE_PortalProvider>
  );
}

/** What lies beside the rail. It alone is drawn anew while questions come and go, and not what is in it. */
function Column({ children }: { children: ReactNode }) {
  const arrived = useArrived('frame');
  useEffect(() => {
    if (arrived) whenIdle(fetchOverlays);
  }, [arrived]);
  return <div className={arrived ? 'column' : 'column arriving'}>{children}</div>;
}

/** Once nothing else is to be done; not every browser can say when that is. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work);
  else setTimeout(work);
}

/** A page, unseen until it has come, below what is said above it. */
function Arriving({ path, head, children }: { path: string; head: ReactNode; children: ReactNode }) {
  const arrived = useArrived(path, useThere(pageAt(path)?.Component));
  return (
    <>
      {!arrived && <Skeleton key={path} lines={12} />}
      {head}
      <div className={arrived ? '' : 'arriving'} aria-busy={!arrived}>
        <Seen value={arrived}>{children}</Seen>
      </div>
    </>
  );
}

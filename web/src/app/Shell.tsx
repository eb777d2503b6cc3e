import { Outlet } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useAnswer, useStatus } from '../api/queries';
import { Failure, Guard } from '../ui/States';
import { scopeQuery, useAddress } from './address';
import { Banners } from './Banners';
import { FaultBar } from './FaultBar';
import { Warnings } from './Freshness';
import { useKeys } from './keys';
import { Overlays } from './Overlays';
import { PAGES } from './pages';
import { Rail } from './Rail';
import { ScopeBar } from './ScopeBar';

/** Rail, scope bar and content. The content is asked by pages; what frames it is asked here, once. */
export function Shell() {
  const { path, query, faults } = useAddress();
  const main = useRef<HTMLElement>(null);
  const page = PAGES.find((item) => item.path === path);
  const status = useStatus();
  const scoped = page !== undefined && page.scope !== 'none' && status.data?.empty === false;
  const scope = useAnswer(scopeQuery(query), scoped);
  useKeys();

  useEffect(() => {
    document.title = page ? `${page.label} · Outlay` : 'Outlay';
  }, [page]);

  return (
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
      <div className="column">
        <Banners />
        {scoped && page && page.scope !== 'none' && <ScopeBar scope={page.scope} answer={scope.data} />}
        <main id="main" ref={main} tabIndex={-1} className="content">
          <h1 className={!page || page.scope === 'full' ? 'visually-hidden' : ''}>{page?.label ?? 'No such page'}</h1>
          <FaultBar faults={faults} />
          <Warnings answer={scoped ? scope.data : undefined} />
          {status.error ? (
            <Failure error={status.error} what="Outlay" retry={() => status.refetch()} />
          ) : (
            <Guard key={path} what="This page">
              <Outlet />
            </Guard>
          )}
        </main>
      </div>
    </div>
  );
}

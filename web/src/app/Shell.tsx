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
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Rail />
      <Overlays />
      <div className="column">
        <Banners />
        {scoped && page && page.scope !== 'none' && <ScopeBar scope={page.scope} answer={scope.data} />}
        <main ref={main} tabIndex={-1} className="content">
          {page && <h1 className={page.scope === 'full' ? 'visually-hidden' : ''}>{page.label}</h1>}
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

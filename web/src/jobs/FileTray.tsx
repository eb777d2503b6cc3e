import { lazy, Suspense, useEffect, useState } from 'react';
import { API } from '../api/client';
import { FILES_KEPT } from '../ui/keep';
import { takenBy, type Wanted } from './wanted';

const FileList = lazy(() => import('./FileList'));

function remembered(): boolean {
  try {
    return localStorage.getItem(FILES_KEPT) !== null;
  } catch {
    return false;
  }
}

/** The address below the API of a pressed link to a file; with a key held, or copied, a link stays what it is. */
function asked(event: MouseEvent): string {
  const link = event.target instanceof Element ? event.target.closest('a[download]') : null;
  const address = link?.getAttribute('href') ?? '';
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return '';
  return address.startsWith(`${API}/`) && !address.startsWith(`${API}/exports/`) ? address.slice(API.length) : '';
}

/** Takes files for the reader, who goes on meanwhile; lists those that are being made, or ready, on every page. */
export function FileTray({ path }: { path: string }) {
  const [open, setOpen] = useState(remembered);
  useEffect(() => {
    const take = (wanted: Wanted) => {
      setOpen(true);
      void import('./FileList').then((list) => list.take(wanted));
    };
    takenBy(take);
    const pressed = (event: MouseEvent) => {
      const path = asked(event);
      if (path === '') return;
      event.preventDefault();
      take({ path });
    };
    document.addEventListener('click', pressed, true); // menus keep their presses to themselves
    return () => document.removeEventListener('click', pressed, true);
  }, []);
  if (!open) return null;
  return (
    <Suspense>
      <FileList listed={path !== '/data'} />
    </Suspense>
  );
}

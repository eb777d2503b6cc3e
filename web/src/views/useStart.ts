import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { usePreferences, useViews } from './ask';

/** Who opens the product at its front door begins with the view that was chosen; a link to anywhere else is kept. */
export function useStart(path: string, text: string): void {
  const door = useRef(path === '/' && text === '');
  const start = usePreferences(door.current).data?.start_view ?? null;
  const views = useViews(door.current && start !== null).data;
  const navigate = useNavigate();
  useEffect(() => {
    if (path !== '/') door.current = false;
    const view = views?.find(({ id }) => id === start);
    if (!door.current || !view) return;
    door.current = false;
    navigate({ to: view.page, search: { text: view.query }, replace: true });
  }, [path, start, views, navigate]);
}

import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

const WINDOW_FROM = 100;
const ROW_HEIGHT = 36;

/** Which rows are drawn, and the room of those above and below: all of a short table, what is in sight of a long one. */
export function useWindow(holder: RefObject<HTMLElement | null>, rows: number) {
  const windowed = rows > WINDOW_FROM;
  const virtual = useVirtualizer({
    count: windowed ? rows : 0,
    enabled: windowed, // else it would measure the page while that is being built
    getScrollElement: () => holder.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  if (!windowed) return { drawn: Array.from({ length: rows }, (_, index) => index), above: 0, below: 0 };
  return {
    drawn: items.map((item) => item.index),
    above: items[0]?.start ?? 0,
    below: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
}

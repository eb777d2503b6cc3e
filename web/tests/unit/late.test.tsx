// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { late } from '../../src/ui/late';

afterEach(cleanup);
const Word = ({ word }: { word: string }) => <p>{word}</p>;

test('what is fetched is asked once, and drawn at once from then on', async () => {
  const load = vi.fn(async () => ({ default: Word }));
  const Late = late<{ word: string }>(load, <p>wait</p>);
  render(<Late word="first" />);
  expect(screen.getByText('wait')).toBeTruthy();
  await screen.findByText('first');
  render(<Late word="second" />);
  expect(screen.getByText('second')).toBeTruthy();
  expect(load).toHaveBeenCalledOnce();
});

test('what cannot be fetched says so, and comes when it is tried again', async () => {
  const load = vi.fn(async () => ({ default: Word }));
  load.mockRejectedValueOnce(new Error('gone'));
  const Late = late<{ word: string }>(load);
  render(<Late word="here" />);
  expect((await screen.findByRole('alert')).textContent).toContain('This part');
  fireEvent.click(screen.getByRole('button'));
  await screen.findByText('here');
});

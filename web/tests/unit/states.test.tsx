// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../src/api/client';
import { Failure } from '../../src/ui/States';

afterEach(cleanup);
const refused = (status: number, detail: string) =>
  new ApiError({
    type: 'urn:outlay:problem:x', title: 'x', status, detail, next_step: 'Ask an owner.',
    field: null, nearest: [], request_id: 'r1', faults: [],
  }); // biome-ignore format: one problem

test.each([409, 412])('who comes second (%i) is told so, and shown what stands now', (status) => {
  const retry = vi.fn();
  render(<Failure error={refused(status, 'Version 4 was published.')} what="The rules" retry={retry} />);
  expect(screen.getByRole('alert').textContent).toContain('The rules changed meanwhile');
  expect(screen.getByRole('alert').textContent).toContain('Nothing of yours was written');
  fireEvent.click(screen.getByRole('button', { name: 'Show what stands now' }));
  expect(retry).toHaveBeenCalledOnce();
});

test('no permission is said without offering to try again', () => {
  render(<Failure error={refused(403, 'Rules are for operators.')} what="The rules" retry={() => {}} />);
  const said = screen.getByRole('alert').textContent;
  for (const text of ['The rules: no permission', 'Rules are for operators.', 'Ask an owner.', 'Request r1'])
    expect(said).toContain(text);
  expect(screen.queryByRole('button')).toBeNull();
});

test('any other failure names its request', () => {
  render(<Failure error={refused(500, 'A fault of ours.')} what="The chart" />);
  expect(screen.getByText(/Request r1/)).toBeTruthy();
});

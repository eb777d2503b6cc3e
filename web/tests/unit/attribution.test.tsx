// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { pageAt } from '../../src/app/pages';
import { DiffText } from '../../src/attribution/DiffText';
import { Editor } from '../../src/attribution/Editor';
import { nameOf } from '../../src/attribution/inboxColumns';
import { askedText, parseInbox, printInbox } from '../../src/attribution/inboxPlace';
import { owners } from '../../src/attribution/Matrix';
import { hasCost } from '../../src/attribution/Org';
import { parsePlace, printPlace } from '../../src/attribution/place';
import { RuleForm } from '../../src/attribution/RuleForm';
import { asKind, fieldAt, said, withField, withTexts } from '../../src/attribution/ruleItem';
import { same, useDraft, withFile } from '../../src/attribution/useDraft';
import { EMPTY_FIELDS, ready } from '../../src/attribution/VerbFields';
import { partOf } from '../../src/teams/Shared';

const FILES = ['org.yaml', 'rules.yaml', 'a:b.csv'];
const LIVE = {
  org: 'teams: []\n',
  rules: 'a\nbb\nccc\n',
  files: { 'a:b.csv': 'k,v\n' },
  version: 3,
  applied_at: null,
  actor: null,
  writable: true,
  place: null,
};

afterEach(cleanup);

test('the page is under its key, with its tabs', () => {
  expect(pageAt('/attribution')?.key).toBe('a');
  expect(pageAt('/attribution')?.tabs).toContain('versions');
});

test('the open place is a file and a line; what names no file is the rules', () => {
  expect(parsePlace('org.yaml:12', FILES)).toEqual({ file: 'org.yaml', line: 12 });
  expect(parsePlace('a:b.csv', FILES)).toEqual({ file: 'a:b.csv', line: null });
  expect(parsePlace('a:b.csv:2', FILES)).toEqual({ file: 'a:b.csv', line: 2 });
  for (const sel of ['', 'gone.csv:3', 'org.yaml:0', 'org.yaml:x'])
    expect(parsePlace(sel, FILES)).toEqual({ file: 'rules.yaml', line: null });
  expect(printPlace('org.yaml', 120)).toBe('org.yaml:120');
});

test('a draft changes one document and leaves the others as they are', () => {
  const next = withFile(LIVE, 'a:b.csv', 'k,v\n1,2\n');
  expect(same(next, LIVE)).toBe(false);
  expect(same(withFile(next, 'a:b.csv', 'k,v\n'), LIVE)).toBe(true);
  expect(same({ ...LIVE, files: null }, { ...LIVE, files: {} })).toBe(true);
  expect(withFile(LIVE, 'rules.yaml', 'x').org).toBe(LIVE.org);
});

test('a draft keeps the version it began from until it is kept on purpose', async () => {
  function Probe() {
    const [version, setVersion] = useState(3);
    const draft = useDraft({ ...LIVE, version });
    return (
      <>
        <output>{`${draft.base} ${draft.changed}`}</output>
        <button type="button" onClick={() => draft.put('rules.yaml', 'mine')}>
          write
        </button>
        <button type="button" onClick={() => setVersion(4)}>
          other
        </button>
        <button type="button" onClick={() => draft.rebase(4)}>
          keep
        </button>
        <button type="button" onClick={draft.reset}>
          reset
        </button>
      </>
    );
  }
  render(<Probe />);
  const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));
  const said = () => screen.getByRole('status').textContent;
  expect(said()).toBe('3 false');
  await press('write');
  await press('other');
  expect(said()).toBe('3 true');
  await press('keep');
  expect(said()).toBe('4 true');
  await press('reset');
  expect(said()).toBe('4 false');
});

test('the editor numbers its lines, marks the wrong ones and selects the one that is looked at', () => {
  const fault = { file: 'rules.yaml', line: 2, column: 1, problem: 'no', expected: null, nearest: [] };
  const props = { file: 'rules.yaml', text: 'a\nbb\nccc', readOnly: false, onChange: () => {} };
  const { container } = render(<Editor {...props} line={2} faults={[fault]} />);
  const field = screen.getByRole('textbox', { name: 'rules.yaml, 3 lines' }) as HTMLTextAreaElement;
  expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('bb');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(container.querySelector('pre')?.textContent).toBe('1\n✖ 2\n3');
});

test('a line that is not there is looked for nowhere', () => {
  render(<Editor file="x" text="a" line={9} faults={[]} readOnly onChange={() => {}} />);
  expect(document.activeElement).toBe(document.body);
});

test('who has no owner stands last in the matrix, once', () => {
  expect(owners([null, 'b', 'a', 'b', null])).toEqual(['b', 'a', null]);
  expect(owners(['a'])).toEqual(['a']);
});

test('an entity has cost when any currency of it has', () => {
  expect(hasCost({ cost: [] })).toBe(false);
  expect(hasCost({ cost: [{ currency: 'EUR', effective_cost: '0.00' }] })).toBe(false);
  expect(
    hasCost({
      cost: [
        { currency: 'EUR', effective_cost: '0' },
        { currency: 'USD', effective_cost: '-0.01' },
      ],
    }),
  ).toBe(true);
});

test('a diff says by sign what came and went, and by tone only underlines it', () => {
  const { container } = render(<DiffText text={'--- a/rules.yaml\n-old\n+new\n same'} />);
  expect([...container.querySelectorAll('span')].map(({ className }) => className)).toEqual([
    'diff-head',
    'diff-old',
    'diff-new',
    '',
  ]);
  expect(container.textContent).toBe('--- a/rules.yaml\n-old\n+new\n same\n');
});

test('groups of the inbox begin with what tells them apart; parts of a pool are named where there are any', () => {
  const signature = [
    { column: 'sub_account', value: '0001' },
    { column: 'resource_group', value: 'web' },
  ];
  expect(nameOf({ signature })).toBe('web · 0001');
  expect(signature[0]?.value).toBe('0001');
  expect(partOf({ part: '', bucket: 'period' })).toBe('');
  expect(partOf({ part: 'north', bucket: '2026-11-01' })).toBe('north, 2026-11-01');
});

test('the place of the inbox is a word each for kind, order, groups and team', () => {
  const whole = { kind: 'unallocated', order: 'urgent', groups: [], team: '' } as const;
  expect(parseInbox('')).toEqual(whole);
  expect(printInbox(whole)).toBe('');
  const sel = 'doubtful;order:owner;group:0123456789ab,ba9876543210;team:a b:c';
  expect(printInbox(parseInbox(sel))).toBe(sel);
  expect(parseInbox('order:size;group:x;what')).toEqual(whole);
  expect(askedText(parseInbox(sel))).toBe('kind=doubtful&sort=owner&group=0123456789ab%2Cba9876543210');
});

test('an act is ready when everything is said that it needs', () => {
  const fields = { ...EMPTY_FIELDS, team: 'search' };
  expect(ready('assign', EMPTY_FIELDS)).toBe(false);
  expect(ready('assign', fields)).toBe(true);
  expect(ready('exclude', fields)).toBe(false);
  expect(ready('split', fields)).toBe(true);
  expect(ready('split', { ...fields, method: 'fixed', teams: [{ team: 'search', percent: '' }] })).toBe(false);
  expect(ready('split', { ...fields, method: 'even' })).toBe(false);
});

test('a condition is taken apart and put together again', () => {
  const check = { column: 'service', equals: ['a', 'b'] };
  expect(said({ all: [check, { not: { column: 'tag.x', missing: 'true' } }] })).toBe(
    'service equals “a” or “b” and not (tag.x is missing)',
  );
  expect(asKind(check, 'any')).toEqual({ any: [check] });
  expect(asKind({ any: [check, check] }, 'not')).toEqual({ not: check });
  expect(asKind({ not: check }, 'check')).toEqual(check);
  expect(withTexts(check, 'prefix', ['x', ''])).toEqual({ column: 'service', prefix: 'x' });
  expect(withField({ id: 'a', value: 'x', note: 'n' }, 'value', 'y')).toEqual({ id: 'a', value: 'y', note: 'n' });
  expect(withField({ id: 'a', note: 'n' }, 'note', '')).toEqual({ id: 'a' });
  expect(fieldAt({ id: 5, when: 6, value: 9 }, 8)).toBe('when');
});

test('a form builds a nested condition and hands over the rule', async () => {
  const applied = vi.fn();
  const read = {
    rules: [],
    dimensions: ['team'],
    columns: ['service'],
    comparisons: ['equals', 'prefix', 'missing'],
    overridden: ['resource'],
  };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } });
  render(
    <QueryClientProvider client={client}>
      <RuleForm
        item={{ id: 'a', when: { column: 'service', equals: 'x' }, value: 'search' }}
        dimension="team"
        override={false}
        entries={{ id: 3, when: 4, value: 5 }}
        faults={[{ file: 'rules.yaml', line: 5, column: 1, problem: 'unknown team', expected: 'search', nearest: [] }]}
        read={read}
        teams={['search', 'checkout']}
        tables={[]}
        readOnly={false}
        onApply={applied}
        onCancel={() => {}}
      />
    </QueryClientProvider>,
  );
  expect(screen.getByRole('alert').textContent).toContain('unknown team');
  await userEvent.selectOptions(screen.getByLabelText('When: kind'), 'any');
  await userEvent.click(screen.getByRole('button', { name: 'Add to When' }));
  await userEvent.type(screen.getByLabelText('When.2: column'), 'tag.app');
  await userEvent.selectOptions(screen.getByLabelText('When.2: comparison'), 'prefix');
  await userEvent.type(screen.getByLabelText('When.2: value'), 'web');
  await userEvent.selectOptions(screen.getByLabelText('Team'), 'checkout');
  await userEvent.click(screen.getByRole('button', { name: 'Put into the draft of team' }));
  expect(applied).toHaveBeenCalledWith({
    id: 'a',
    when: {
      any: [
        { column: 'service', equals: 'x' },
        { column: 'tag.app', prefix: 'web' },
      ],
    },
    value: 'checkout',
  });
});

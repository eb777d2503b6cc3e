import { describe, expect, test } from 'vitest';
import type { SourceKind } from '../../src/api/types';
import { isReference, parseDraft, printDraft } from '../../src/connect/draft';
import { fieldsOf, settingsOf, valuesOf } from '../../src/connect/fields';
import { allHoles, filled, holesOf, plain } from '../../src/connect/fill';
import { missing } from '../../src/connect/SettingsForm';

const KIND: SourceKind = {
  kind: 'store',
  label: 'Bills in a store',
  grade: 'full',
  interval_hours: 6,
  normal_lag_hours: 36,
  settings: {
    properties: {
      prefix: { type: 'string', default: '', description: 'Folder of the exports.' },
      bucket: { type: 'string', description: 'Name of the bucket.' },
      key: { anyOf: [{ type: 'string', format: 'secret' }, { type: 'null' }], default: null },
      tables: { type: 'array', items: { type: 'string' } },
      pages_max: { type: 'integer', default: 50 },
    },
    required: ['bucket'],
  },
  permissions: [
    {
      name: 'read',
      title: 'Read',
      language: 'json',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the holes of this text
      template: 'at ${bucket}/${prefix}/* for ${ROLE}',
      required: true,
      actions: [],
    },
  ],
};
const FIELDS = fieldsOf(KIND);
const EMPTY = parseDraft('');
const text = (draft = EMPTY) => plain(filled(KIND.permissions[0]?.template ?? '', draft, FIELDS));

describe('the form of a kind', () => {
  test('required settings come first and each has its kind', () => {
    expect(FIELDS.map((field) => [field.name, field.kind])).toEqual([
      ['bucket', 'text'],
      ['prefix', 'text'],
      ['key', 'secret'],
      ['tables', 'list'],
      ['pages_max', 'number'],
    ]);
    expect(FIELDS.at(-1)?.initial).toBe('50');
  });

  test('only what was given is sent, lists by their lines', () => {
    const values = { bucket: ' bills ', tables: 'a\nb, c', prefix: '' };
    expect(settingsOf(FIELDS, values)).toEqual({ bucket: 'bills', tables: ['a', 'b', 'c'] });
    expect(valuesOf({ bucket: 'bills', tables: ['a', 'b'] })).toEqual({ bucket: 'bills', tables: 'a\nb' });
  });

  test('what is missing is named', () => {
    expect(missing(FIELDS, '', {})).toEqual(['Name', 'Bucket']);
    expect(missing(FIELDS, 'a b', { bucket: 'x' })).toEqual(['Name']);
    expect(missing(FIELDS, 'payer', { bucket: 'x' })).toEqual([]);
  });
});

describe('the texts that give access', () => {
  test('holes show their name until they are filled', () => {
    expect(allHoles(KIND)).toEqual(['bucket', 'prefix', 'ROLE']);
    expect(holesOf('nothing')).toEqual([]);
    expect(text()).toBe('at BUCKET/* for ROLE');
    expect(text({ ...EMPTY, values: { bucket: 'bills', prefix: 'cur/' }, holes: { ROLE: 'reader' } })).toBe(
      'at bills/cur/* for reader',
    );
  });

  test('what was typed is text, whatever it looks like', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: typed by somebody
    const typed = { ...EMPTY, values: { bucket: '${ROLE}$&<b>' } };
    expect(text(typed)).toBe(`at ${typed.values.bucket}/* for ROLE`);
  });
});

describe('what was entered stands in the address', () => {
  test('and is read back as it was', () => {
    const draft = { name: 'payer', months: '25', values: { bucket: 'a&b=c', tables: 'x\ny' }, holes: { ROLE: 'é' } };
    expect(parseDraft(printDraft(draft))).toEqual(draft);
    expect(printDraft(EMPTY)).toBe('');
  });

  test('but never a secret: only the place it is kept in', () => {
    expect(['env:A', 'file:/a', 'vault:a/b#c', 'stored:x'].every(isReference)).toBe(true);
    expect(['hunter2', '', 'AKIA:x'].some(isReference)).toBe(false);
  });
});

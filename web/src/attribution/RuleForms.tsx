import { useState } from 'react';
import { write } from '../api/client';
import type * as schema from '../api/schema';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { monthName } from '../format/dates';
import { count } from '../format/format';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import { type Rules, useOffered } from '../teams/ask';
import { POOLS, RULES } from '../teams/named';
import { Empty, Failure, Skeleton } from '../ui/States';
import { type Fault, useRuleEffects, useRulesRead } from './ask';
import { Costs } from './Costs';
import { FORM } from './Drafting';
import { RuleForm } from './RuleForm';
import { answerSaid, type Condition, type Item, said } from './ruleItem';
import type { Draft } from './useDraft';

type Written = schema.RuleWritten;
const NEW = '+';

interface RuleFormsProps {
  live: Rules;
  draft: Draft;
  faults: readonly Fault[];
}

/** The rules of the draft as a list in their order, what those in force do, and one of them as a form. */
export function RuleForms({ live, draft, faults }: RuleFormsProps) {
  const { view, go } = useAddress();
  const read = useRulesRead(draft.texts.rules);
  const effects = useRuleEffects();
  const teams = useOffered(draft.texts.org);
  const [error, setError] = useState<Error | null>(null);
  const [dimension, setDimension] = useState('team');
  const [list, setList] = useState<Written['list']>('rules');
  if (read.error) return <Failure error={read.error} what="The form" retry={() => read.refetch()} />;
  if (!read.data) return <Skeleton lines={6} />;
  const { rules, dimensions } = read.data;
  const open = view.sel.startsWith(`${FORM}:`) ? view.sel.slice(FORM.length + 1) : '';
  const chosen = rules.find(({ item }) => String(item.id) === open);
  const show = (id: string) => go({ view: { sel: id ? `${FORM}:${id}` : FORM }, replace: true });
  const edit = (order: Omit<schema.RulesEdit, 'rules'>) =>
    write<schema.RulesEdited>('POST', '/rules/edit', { ...order, rules: draft.texts.rules })
      .then((edited) => {
        setError(null);
        draft.put(RULES, edited.rules);
        if (order.act === 'add' || order.act === 'put') show(String(order.item?.id ?? ''));
      })
      .catch(setError);
  const change = (act: schema.RulesEdit['act'], { dimension: name, list: kind, place }: Written, more = {}) =>
    edit({ act, dimension: name, list: kind, place, to: 0, item: {}, ...more });
  const shared = {
    faults: faults.filter((fault) => fault.file === RULES && within(fault, chosen, rules)),
    read: read.data,
    teams,
    tables: Object.keys(draft.texts.files ?? {}).filter((name) => name !== POOLS),
    readOnly: !live.writable,
    onCancel: () => show(''),
  };
  return (
    <>
      {rules.length === 0 ? (
        <Empty title="No rule is written" />
      ) : (
        <>
          <FileMenu of="rules/effects" text="" name="rules in their order" />
          <DataTable
            caption="Rules in their order"
            columns={columnsOf(rules, effects.data, live.writable, change)}
            rows={rules}
            rowKey={({ dimension: name, list: kind, place }) => `${name} ${kind} ${place}`}
            rowClass={({ item }) => (String(item.id) === open ? 'is-lit' : '')}
            textOf={({ item }) => String(item.id)}
            note={effects.data?.month ? `lines and cost of ${monthName(effects.data.month)}, as in force` : undefined}
          />
        </>
      )}
      {error && (
        <p role="alert" className="bad-text">
          {error.message}
        </p>
      )}
      {chosen && (
        <RuleForm
          key={`${chosen.dimension} ${JSON.stringify(chosen.item)}`}
          {...shared}
          item={chosen.item as Item}
          dimension={chosen.dimension}
          override={chosen.list === 'overrides'}
          entries={chosen.entries}
          onApply={(item) => change('put', chosen, { item })}
        />
      )}
      {open === NEW && (
        <RuleForm
          key={`${dimension} ${list}`}
          {...shared}
          item={list === 'rules' ? { id: '', value: '' } : { id: '', resource: '', value: '' }}
          dimension={dimension}
          override={list === 'overrides'}
          entries={{}}
          onApply={(item) => edit({ act: 'add', dimension, list, place: 0, to: 0, item })}
        />
      )}
      <div className="tools">
        <label>
          A new one in{' '}
          <select className="input" value={dimension} onChange={(event) => setDimension(event.target.value)}>
            {dimensions.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>{' '}
        <button
          type="button"
          className="button"
          disabled={!live.writable}
          onClick={() => {
            setList('rules');
            show(NEW);
          }}
        >
          New rule
        </button>{' '}
        <button
          type="button"
          className="button"
          disabled={!live.writable}
          onClick={() => {
            setList('overrides');
            show(NEW);
          }}
        >
          New override
        </button>
      </div>
    </>
  );
}

/** From the first line of a rule to the one before the next. */
function within(fault: Fault, chosen: Written | undefined, rules: readonly Written[]): boolean {
  if (!chosen || fault.line === null || fault.line < chosen.line) return false;
  const next = rules.map(({ line }) => line).filter((line) => line > chosen.line);
  return next.every((line) => line > (fault.line ?? 0));
}

const MOVES = [
  { said: 'Earlier', sign: '↑', by: -1 },
  { said: 'Later', sign: '↓', by: 1 },
] as const;

function isBeside(one: Written, row: Written, by: number): boolean {
  return one.dimension === row.dimension && one.list === row.list && one.place === row.place + by;
}

function columnsOf(
  rules: readonly Written[],
  effects: schema.RulesEffects | undefined,
  writable: boolean,
  change: (act: schema.RulesEdit['act'], rule: Written, more?: { to: number }) => void,
): TableColumn<Written>[] {
  const effectOf = ({ dimension, item }: Written) =>
    effects?.rules.find((one) => one.dimension === dimension && one.rule === item.id);
  return [
    {
      id: 'rule',
      header: 'Rule',
      cell: ({ item }) => (
        <Link
          row
          path="/attribution"
          text={`sel=${encodeURIComponent(`${FORM}:${String(item.id)}`)}`}
          className="name-link"
        >
          {String(item.id)}
        </Link>
      ),
    },
    {
      id: 'says',
      header: 'Says',
      cell: ({ item, list }) => (
        <span className="two-lines">
          <span>{answerSaid(item as Item)}</span>
          <span className="muted small">
            {list === 'overrides' ? 'override' : item.when ? said(item.when as Condition) : 'always'}
          </span>
        </span>
      ),
    },
    { id: 'dimension', header: 'Dimension', cell: ({ dimension }) => dimension },
    {
      id: 'state',
      header: 'State',
      narrow: true,
      cell: (row) => {
        const effect = effectOf(row);
        return effect ? (
          <span className="badge" title={effect.others.length ? `before it: ${effect.others.join(', ')}` : undefined}>
            {effect.state}
          </span>
        ) : (
          'draft'
        );
      },
    },
    { id: 'lines', header: 'Lines', numeric: true, cell: (row) => count(effectOf(row)?.lines ?? null) },
    { id: 'cost', header: 'Effective cost', numeric: true, cell: (row) => <Costs cost={effectOf(row)?.cost ?? []} /> },
    {
      id: 'order',
      header: 'Order',
      cell: (row) => (
        <span className="verbs">
          {MOVES.map(({ said: way, sign, by }) => (
            <button
              key={way}
              type="button"
              className="button small"
              aria-label={`${way}: ${String(row.item.id)}`}
              disabled={!writable || !rules.some((one) => isBeside(one, row, by))}
              onClick={() => change('move', row, { to: row.place + by })}
            >
              {sign}
            </button>
          ))}
          <button
            type="button"
            className="button small"
            aria-label={`Remove ${String(row.item.id)}`}
            disabled={!writable}
            onClick={() => change('remove', row)}
          >
            Remove
          </button>
        </span>
      ),
    },
  ];
}

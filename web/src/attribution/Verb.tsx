import { useEffect, useMemo, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { write } from '../api/client';
import type * as schema from '../api/schema';
import { count } from '../format/format';
import { useAction } from '../jobs/follow';
import type { Question } from '../requests/ask';
import type { Rules } from '../teams/ask';
import { Asked } from './Asked';
import { ACTS, type Act } from './acts';
import type { Preview } from './ask';
import Confirm from './Confirm';
import { DiffText } from './DiffText';
import { FaultList } from './Faults';
import { type Group, nameOf } from './inboxColumns';
import { EMPTY_FIELDS, type Fields, ready, VerbFields } from './VerbFields';

interface VerbProps {
  act: Act;
  kind: schema.Unallocated['kind'];
  groups: readonly Group[];
  live: Rules;
  claim?: string; // the team that claims it for itself
  denied?: readonly Question[]; // what teams said no to
  onDone: () => void;
  onClose: () => void;
}

type About = { kind: schema.Unallocated['kind']; groups: schema.SignaturePart[][] };
type Order = Omit<schema.InboxOrder, keyof About> & About;

/** One act about groups: what it needs, then what it would move, then publishing it. */
export default function Verb({ act, kind, groups, live, claim, denied = [], onDone, onClose }: VerbProps) {
  const [fields, setFields] = useState<Fields>({
    ...EMPTY_FIELDS,
    team: (act === 'ask' ? likely(groups[0], denied) : claim || groups[0]?.suggestions[0]?.team) ?? '',
    behalf: claim ?? '',
  });
  const [drafted, setDrafted] = useState<{ order: Order; draft: schema.InboxDraft; found: Preview } | null>(null);
  const [asked, setAsked] = useState<schema.InboxAsked | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const signatures = groups.map(({ signature }) => signature);
  useReturn();
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      if (act === 'ask') {
        setAsked(
          await write('POST', '/unallocated/ask', {
            groups: signatures,
            team: fields.team,
            on_behalf: fields.behalf || null,
            kind,
          }),
        );
      } else {
        const order = orderOf(act, fields, { kind, groups: signatures });
        const draft = await write<schema.InboxDraft>('POST', '/unallocated/draft', order);
        const { org, rules, files } = draft;
        const found = await write<Preview>('POST', '/rules/preview', { org, rules, files });
        setDrafted({ order, draft, found });
      }
    } catch (reason) {
      setError(reason as Error);
    }
    setBusy(false);
  };
  if (drafted?.found.valid)
    return (
      <Publish
        {...drafted}
        act={act}
        behalf={fields.behalf}
        live={live}
        onDone={onDone}
        onClose={onClose}
        groups={groups}
      />
    );
  return (
    <ModalOverlay isOpen isDismissable={!busy} onOpenChange={(open) => !open && onClose()} className="dialog-back">
      <Modal className="dialog">
        <Dialog className="confirm-publish">
          <Heading slot="title">{titleOf(act, groups)}</Heading>
          {asked ? (
            <Asked asked={asked} />
          ) : (
            <form
              className="form"
              onSubmit={(event) => {
                event.preventDefault();
                if (ready(act, fields)) send();
              }}
            >
              <VerbFields act={act} kind={kind} fields={fields} org={live.org} onChange={setFields} />
              {drafted && <FaultsOf faults={drafted.found.faults} />}
              {error && <Failed error={error} />}
              <div className="tools">
                <button type="submit" className="button primary" disabled={busy || !ready(act, fields)}>
                  {busy ? 'Looking at 13 months…' : act === 'ask' ? 'Make the link' : 'Preview'}
                </button>
                <button type="button" className="button" disabled={busy} onClick={onClose}>
                  Cancel
                </button>
              </div>
            </form>
          )}
          {asked && (
            <div className="tools">
              <button type="button" className="button primary" onClick={onClose}>
                Done
              </button>
            </div>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Back to what opened it: the second of two dialogs would lead to a button of the first, which is gone. */
function useReturn(): void {
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  useEffect(() => () => void requestAnimationFrame(() => opener?.focus()), [opener]); // then the page is no longer inert
}

/** The first team thought of that has not said no. */
function likely(group: Group | undefined, denied: readonly Question[]): string | undefined {
  const said = denied.filter((one) => one.group === group?.id).map(({ team }) => team);
  return group?.suggestions.find(({ team }) => !said.includes(team))?.team;
}

function titleOf(act: Act, groups: readonly Group[]): string {
  const said = ACTS.find(({ id }) => id === act)?.label ?? '';
  const first = groups[0];
  return groups.length === 1 && first ? `${said}: ${nameOf(first)}` : `${said} ${count(groups.length)} groups`;
}

function orderOf(act: Exclude<Act, 'ask'>, fields: Fields, about: About): Order {
  const { team, note, reason, from, to, method, teams, series } = fields;
  const named = teams.filter((one) => one.team);
  return {
    act,
    ...about,
    team: act === 'assign' ? team : null,
    reason: act === 'exclude' ? reason : null,
    note: note || null,
    valid_from: from || null,
    valid_to: to || null,
    split:
      act === 'split'
        ? {
            method,
            to: method === 'fixed' ? [] : named.map((one) => one.team),
            percent: method === 'fixed' ? Object.fromEntries(named.map((one) => [one.team, one.percent])) : {},
            series: method === 'series' ? series : null,
          }
        : null,
  };
}

function FaultsOf({ faults }: { faults: schema.RuleFault[] }) {
  return (
    <ul className="faults" role="alert">
      {faults.map((one) => (
        <li key={`${one.file} ${one.line} ${one.problem}`} className="bad-text">
          {one.problem}
          {one.expected && ` · expected ${one.expected}`}
        </li>
      ))}
    </ul>
  );
}

function Failed({ error }: { error: Error }) {
  return (
    <div role="alert" className="bad-text">
      <p>{error.message}</p>
      <FaultList error={error} />
    </div>
  );
}

interface PublishProps extends Omit<VerbProps, 'claim' | 'denied' | 'kind'> {
  behalf: string; // of a team, or empty for the platform
  order: Order;
  draft: schema.InboxDraft;
  found: Preview;
}

function Publish({ order, draft, found, act, behalf, groups, live, onDone, onClose }: PublishProps) {
  const body = useMemo(() => ({ ...order, base: draft.base, on_behalf: behalf || null }), [order, draft.base, behalf]);
  const publish = useAction('POST', '/unallocated/publish', body);
  const done = publish.ended && !publish.error;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is published
  useEffect(() => {
    if (!done) return;
    onDone();
    onClose();
  }, [done]);
  return (
    <Confirm
      title={titleOf(act, groups)}
      act="Publish"
      found={found}
      base={draft.base}
      action={publish}
      writable={live.writable}
      onClose={onClose}
    >
      <details>
        <summary>What changes in the text{live.writable ? '' : `: write it into ${live.place ?? 'the files'}`}</summary>
        <DiffText text={draft.diff} />
      </details>
    </Confirm>
  );
}

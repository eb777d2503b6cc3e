import { useState } from 'react';
import { write } from '../api/client';
import { forgetAnswers } from '../api/queries';
import { useAddress } from '../app/address';
import type { Draft } from '../attribution/useDraft';
import { TeamField, TextField } from '../attribution/VerbFields';
import { useOffered } from '../teams/ask';
import type { RuleRequest } from './ask';
import { DialogForm, FormDialog } from './FormDialog';

interface AskAsProps {
  draft: Draft;
  disabled: boolean;
}

/** Hands a draft in on behalf of a team: what stays its own it may publish, for the rest others are asked. */
export default function AskAs({ draft, disabled }: AskAsProps) {
  return (
    <FormDialog label="Ask as a team…" disabled={disabled}>
      {(close) => <AskForm draft={draft} onClose={close} />}
    </FormDialog>
  );
}

function AskForm({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { go } = useAddress();
  const [team, setTeam] = useState('');
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const ask = () => {
    setBusy(true);
    write<RuleRequest>('POST', '/rules/requests', { ...draft.texts, base: draft.base, team, note })
      .then(async (made) => {
        await forgetAnswers();
        draft.reset();
        go({ view: { tab: 'requests', sel: made.id } });
      })
      .catch((reason: Error) => {
        setError(reason);
        setBusy(false);
      });
  };
  return (
    <DialogForm
      title="Ask as a team"
      about="What claims cost of nobody, or stays in the team's own subtree, it may publish itself. Those from whom it would take cost, or whose cost would rise, are asked."
      act="Ask"
      doing="Looking at 13 months…"
      ready={team !== ''}
      busy={busy}
      error={error}
      onAct={ask}
      onClose={onClose}
    >
      <TeamField label="On behalf of" value={team} teams={useOffered(draft.texts.org)} onChange={setTeam} />
      <TextField label="Why" value={note} onChange={setNote} />
    </DialogForm>
  );
}

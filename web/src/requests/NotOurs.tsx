import { useState } from 'react';
import { write } from '../api/client';
import { forgetAnswers, useAnswer } from '../api/queries';
import { useAddress } from '../app/address';
import { useTeamName } from '../app/Called';
import { TeamField, TextField } from '../attribution/VerbFields';
import { known } from '../format/dates';
import { written } from '../query/narrowed';
import { type CostQuery, DEFAULTS, type Filter, printQuery } from '../query/query';
import { useOffered, useRules } from '../teams/ask';
import { plain } from '../teams/questions';
import type { Dispute } from './ask';
import { DialogForm, FormDialog } from './FormDialog';

interface NotOursProps {
  about: CostQuery;
  team: string;
  name: string; // of the row
  filter: Filter; // what it is made of
}

/** On a row of a team: opens a dispute about it. */
export default function NotOurs(props: NotOursProps) {
  return (
    <FormDialog label="Not ours" name={`Not ours: ${props.name}`} className="button small quiet">
      {(close) => <DisputeForm {...props} onClose={close} />}
    </FormDialog>
  );
}

function DisputeForm({ about, team, name, filter, onClose }: NotOursProps & { onClose: () => void }) {
  const { go } = useAddress();
  const teams = useOffered(useRules().data?.org ?? '');
  const days = known(useAnswer(plain(about)).data?.period);
  const called = useTeamName();
  const [reason, setReason] = useState('');
  const [suggested, setSuggested] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const dispute = () => {
    setBusy(true);
    const scope = printQuery({ ...DEFAULTS, where: [filter] });
    const period = days ? written(days) : about.period; // of one row alone the same word can mean other days
    const order = { team, scope, reason, suggested: suggested || null, period };
    write<Dispute>('POST', '/rules/disputes', order)
      .then(async (made) => {
        await forgetAnswers();
        go({ path: '/attribution', view: { tab: 'requests', sel: made.request } });
      })
      .catch((failed: Error) => {
        setError(failed);
        setBusy(false);
      });
  };
  return (
    <DialogForm
      title={`${name} does not belong to ${called(team)}`}
      about="The cost of these days is kept with the dispute, and a rule is drafted that would move it. Whoever would get it is asked first; without a name the platform is."
      act="Dispute"
      doing="Looking at 13 months…"
      ready={reason.trim() !== ''}
      busy={busy}
      error={error}
      onAct={dispute}
      onClose={onClose}
    >
      <TextField label="Why it is not" value={reason} onChange={setReason} />
      <TeamField
        label="Whose it is, if known"
        none="Nobody named"
        value={suggested}
        teams={teams.filter((key) => key !== team)}
        onChange={setSuggested}
      />
    </DialogForm>
  );
}

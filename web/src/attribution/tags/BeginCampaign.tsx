import { useState } from 'react';
import { ApiError } from '../../api/client';
import { useAnswer } from '../../api/queries';
import { useAddress } from '../../app/address';
import { fullName, groupOf } from '../../query/group';
import { plain } from '../../teams/questions';
import { useCampaignWriter, useCompliance } from './ask';

interface BeginProps {
  onBegun: (campaign: string) => void;
  onClose: () => void;
}

/** A key, the teams that take part, a day; with a policy, the values that count. */
export function BeginCampaign({ onBegun, onClose }: BeginProps) {
  const { query } = useAddress();
  const writer = useCampaignWriter();
  const policies = useCompliance(query).data?.policies ?? [];
  const rows = useAnswer({ ...plain(query), by: ['team'] }).data?.rows ?? [];
  const owners = new Map(rows.map((row) => [groupOf(row, 'team'), fullName(row, 'team')]));
  const [key, setKey] = useState('');
  const [due, setDue] = useState('');
  const [policy, setPolicy] = useState('');
  const [name, setName] = useState('');
  const [teams, setTeams] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const ready = key.trim() !== '' && due !== '' && teams.length > 0;
  const fitting = policies.filter(({ keys }) => keys.some((one) => one.key === key.trim()));
  const begin = () => {
    setBusy(true);
    setError(null);
    const chosen = fitting.some(({ id }) => id === policy) ? policy : null;
    writer
      .begin({ key, due, name, note: '', policy: chosen, teams: [...teams] })
      .then(({ id }) => onBegun(id))
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <form
      className="campaign-form"
      aria-label="Begin a campaign"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) begin();
      }}
    >
      <label>
        Key
        <input
          className="input"
          value={key}
          maxLength={512}
          autoComplete="off"
          onChange={(e) => setKey(e.target.value)}
        />
      </label>
      <label>
        Values that count
        <select className="input" value={policy} onChange={(event) => setPolicy(event.target.value)}>
          <option value="">any value</option>
          {fitting.map(({ id }) => (
            <option key={id} value={id}>
              of policy {id}
            </option>
          ))}
        </select>
      </label>
      <label>
        Due
        <input className="input" type="date" value={due} onChange={(event) => setDue(event.target.value)} />
      </label>
      <label>
        Name, if any
        <input
          className="input"
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(e) => setName(e.target.value)}
        />
      </label>
      <fieldset>
        <legend>Owners</legend>
        {[...owners].map(([team, name]) => (
          <label key={team}>
            <input
              type="checkbox"
              checked={teams.includes(team)}
              onChange={({ target }) =>
                setTeams(target.checked ? [...teams, team] : teams.filter((one) => one !== team))
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
      <div className="tools">
        <button type="submit" className="button primary" disabled={!ready}>
          {busy ? 'Looking for resources…' : 'Begin'}
        </button>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
      </div>
      {error && (
        <p role="alert" className="bad-text">
          {error.message} {error instanceof ApiError && error.problem.next_step}
        </p>
      )}
    </form>
  );
}

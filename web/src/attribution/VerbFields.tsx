import type * as schema from '../api/schema';
import { useTeamName } from '../app/Called';
import { withValue } from '../query/group';
import { useOffered } from '../teams/ask';
import type { Act } from './acts';
import { useSeries } from './ask';

export type Method = 'even' | 'fixed' | 'proportional' | 'series';

export interface Fields {
  team: string;
  behalf: string; // of a team, or empty for the platform
  note: string;
  reason: string;
  from: string;
  to: string;
  method: Method;
  teams: readonly { team: string; percent: string }[];
  series: string;
}

const METHODS: readonly { id: Method; label: string }[] = [
  { id: 'proportional', label: 'In proportion to usage cost' },
  { id: 'even', label: 'Evenly' },
  { id: 'fixed', label: 'By fixed percentages' },
  { id: 'series', label: 'By a metric' },
];

export const EMPTY_FIELDS: Fields = {
  team: '',
  behalf: '',
  note: '',
  reason: '',
  from: '',
  to: '',
  method: 'proportional',
  teams: [],
  series: '',
};

/** Whether everything is said that the act needs; whether it is right the server says. */
export function ready(act: Act, fields: Fields): boolean {
  if (act === 'include') return true;
  if (act === 'exclude') return fields.reason.trim() !== '';
  if (act !== 'split') return fields.team !== '';
  const named = fields.teams.filter(({ team }) => team);
  if (fields.method === 'series') return fields.series !== '';
  if (fields.method === 'fixed') return named.length > 0 && named.every(({ percent }) => percent !== '');
  return fields.method === 'proportional' || named.length > 0;
}

interface VerbFieldsProps {
  act: Act;
  kind: schema.Unallocated['kind'];
  fields: Fields;
  org: string;
  onChange: (fields: Fields) => void;
}

export function VerbFields({ act, kind, fields, org, onChange }: VerbFieldsProps) {
  const set = (change: Partial<Fields>) => onChange({ ...fields, ...change });
  const teams = useOffered(org);
  return (
    <>
      {(act === 'assign' || act === 'ask') && (
        <TeamField label="Team" value={fields.team} teams={teams} onChange={(team) => set({ team })} />
      )}
      {act === 'split' && <SplitFields fields={fields} teams={teams} set={set} />}
      {act === 'include' && (
        <p className="muted small">The rule that excludes it is taken out: it is whose it was before.</p>
      )}
      {(kind === 'doubtful' || kind === 'contradicted') && (act === 'split' || act === 'exclude') && (
        <p className="muted small">It is taken from the team that has it now.</p>
      )}
      {act === 'exclude' && (
        <>
          <TextField label="Why nobody has to own it" value={fields.reason} onChange={(reason) => set({ reason })} />
          <p className="muted small">It stays in every total and in Unallocated; it only counts for no limit.</p>
        </>
      )}
      {act !== 'ask' && act !== 'include' && (
        <>
          <TextField
            label="From day, if not always"
            type="date"
            value={fields.from}
            onChange={(from) => set({ from })}
          />
          <TextField label="Until day, not included" type="date" value={fields.to} onChange={(to) => set({ to })} />
          {act !== 'exclude' && <TextField label="Note" value={fields.note} onChange={(note) => set({ note })} />}
        </>
      )}
      <TeamField
        label="On behalf of"
        none="The platform"
        value={fields.behalf}
        teams={teams}
        onChange={(behalf) => set({ behalf })}
      />
    </>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  type?: 'text' | 'date';
  onChange: (value: string) => void;
}

export function TextField({ label, value, type = 'text', onChange }: TextFieldProps) {
  return (
    <label className="field">
      {label}
      <input
        className="input"
        type={type}
        value={value}
        maxLength={2000}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

interface TeamFieldProps extends TextFieldProps {
  teams: readonly string[];
  none?: string; // what the empty choice is called
}

export function TeamField(props: TeamFieldProps) {
  const name = useTeamName();
  return <ChoiceField {...props} shown={(team) => withValue(name(team), team)} />;
}

interface ChoiceFieldProps extends TeamFieldProps {
  shown?: (choice: string) => string;
}

export function ChoiceField({ label, value, teams, none = 'Choose', shown, onChange }: ChoiceFieldProps) {
  const known = value === '' || teams.includes(value) ? teams : [value, ...teams];
  return (
    <label className="field">
      {label}
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{none}</option>
        {known.map((team) => (
          <option key={team} value={team}>
            {shown ? shown(team) : team}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SplitFieldsProps {
  fields: Fields;
  teams: readonly string[];
  set: (change: Partial<Fields>) => void;
}

function SplitFields({ fields, teams, set }: SplitFieldsProps) {
  const name = useTeamName();
  const series = useSeries(fields.method === 'series').data ?? [];
  const rows = [...fields.teams, { team: '', percent: '' }];
  const put = (at: number, change: { team?: string; percent?: string }) =>
    set({ teams: rows.map((row, place) => (place === at ? { ...row, ...change } : row)).filter(({ team }) => team) });
  return (
    <>
      <label className="field">
        Divided
        <select
          className="input"
          value={fields.method}
          onChange={(event) => set({ method: event.target.value as Method })}
        >
          {METHODS.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {fields.method === 'series' && (
        <ChoiceField
          label="Metric"
          value={fields.series}
          teams={series.map(({ name }) => name)}
          onChange={(name) => set({ series: name })}
        />
      )}
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by where they stand
        <div key={at} className="pair">
          <TeamField
            label={at === 0 ? 'Among' : `Team ${at + 1}`}
            value={row.team}
            teams={teams}
            onChange={(team) => put(at, { team })}
          />
          {fields.method === 'fixed' && row.team && (
            <TextField
              label={`Percent of ${name(row.team)}`}
              value={row.percent}
              onChange={(text) => put(at, { percent: text })}
            />
          )}
        </div>
      ))}
      {(fields.method === 'proportional' || fields.method === 'series') && fields.teams.length === 0 && (
        <p className="muted small">Without teams: among every team that weighs.</p>
      )}
    </>
  );
}

import { useMemo, useState } from 'react';
import { Heading } from 'react-aria-components';
import { useTeamName } from '../app/Called';
import { TeamField, TextField } from '../attribution/VerbFields';
import { filterFor } from '../explore/questions';
import { shift, shortDay, today } from '../format/dates';
import { money } from '../format/format';
import { useAction } from '../jobs/follow';
import { keyOf } from '../query/group';
import { DEFAULTS, type Filter, printQuery } from '../query/query';
import { useTeams } from '../teams/ask';
import { DialogForm, FormDialog } from './FormDialog';

interface OfferProps {
  team?: string; // whose cost it is; without it the form asks
  filter?: Filter; // what is offered; without it the form asks
  name: string;
  quiet?: boolean;
}

const STANDS_DAYS = 30; // unless the form says otherwise

/** Opens the form by which a team gives cost to whoever wants it. */
export default function OfferAway(props: OfferProps) {
  return (
    <FormDialog
      label={props.filter ? 'Offer' : 'Offer cost…'}
      name={props.filter && `Offer: ${props.name}`}
      className={props.quiet ? 'button small quiet' : 'button small'}
    >
      {(close) => <OfferForm {...props} onClose={close} />}
    </FormDialog>
  );
}

function OfferForm({ team = '', filter, name, onClose }: OfferProps & { onClose: () => void }) {
  const { teams } = useTeams();
  const called = useTeamName();
  const [by, setBy] = useState(team);
  const [column, setColumn] = useState('service');
  const [value, setValue] = useState('');
  const [until, setUntil] = useState(() => shift(today(), STANDS_DAYS));
  const [upTo, setUpTo] = useState('');
  const [currency, setCurrency] = useState('');
  const [note, setNote] = useState('');
  const body = useMemo(() => {
    const written = filterFor(column, keyOf(value));
    const scope = printQuery({ ...DEFAULTS, where: [filter ?? written] });
    return { team: by, scope, until, note, up_to: upTo || null, currency: currency.toUpperCase() || null };
  }, [by, column, value, until, upTo, currency, note, filter]);
  const offer = useAction('POST', '/rules/offers', body);
  if (offer.ended)
    return (
      <>
        <Heading slot="title">Offered</Heading>
        <p role="status">
          Any team may claim it by a rule of its own, without asking {called(by)}, until{' '}
          {shortDay(shift(until, -1), true)}
          {upTo && `, up to ${money(upTo)} ${currency.toUpperCase()} a month`}.
        </p>
        <div className="tools">
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </div>
      </>
    );
  return (
    <DialogForm
      title={filter ? `Offer ${name}` : 'Offer cost'}
      about={`It stays ${team ? `of ${called(team)}` : 'where it is'} until another team claims it: for that nobody has to consent.`}
      act="Offer"
      ready={
        by !== '' &&
        until !== '' &&
        (upTo === '') === (currency === '') &&
        (filter !== undefined || (column !== '' && value !== ''))
      }
      busy={offer.busy}
      error={offer.error}
      onAct={offer.run}
      onClose={onClose}
    >
      {!team && <TeamField label="Of team" value={by} teams={teams} onChange={setBy} />}
      {!filter && (
        <>
          <TextField label="Column: service, sub_account, resource, tag.KEY" value={column} onChange={setColumn} />
          <TextField label="Value" value={value} onChange={setValue} />
        </>
      )}
      <TextField label="Until day, not included" type="date" value={until} onChange={setUntil} />
      <div className="pair">
        <TextField label="Up to, a month, if limited" value={upTo} onChange={setUpTo} />
        <TextField label="Currency of it, such as EUR" value={currency} onChange={setCurrency} />
      </div>
      <TextField label="Note" value={note} onChange={setNote} />
    </DialogForm>
  );
}

/** What teams and entities are called where no answer has said it: in chips, titles, and lists that are no answers. */
import { createContext, Fragment, useCallback, useContext } from 'react';
import { useCatalogue } from '../api/queries';
import { shortened } from '../format/format';
import { called, missingLabel, type Names, withValue } from '../query/group';

const MOST = 48;

/** Names of what lies below, before those of today: a draft brings teams that nobody else knows yet. */
export const OwnNames = createContext<Names | undefined>(undefined);

/** `names` are those of an answer's own days; without them names are as of today. */
export function useCalled(names?: Names): (dimension: string, value: string | null | undefined) => string {
  const today = useCatalogue().data?.names;
  const own = useContext(OwnNames);
  return useCallback(
    (dimension, value) => (value ? called(dimension, value, names, own, today) : missingLabel(dimension)),
    [names, own, today],
  );
}

/** The same of teams; nobody is Unallocated. */
export function useTeamName(): (team: string | null | undefined) => string {
  const name = useCalled();
  return useCallback((team) => name('team', team), [name]);
}

/** Teams one after the other. */
export function Several({ of: teams }: { of: readonly (string | null)[] }) {
  return teams.map((team, at) => (
    <Fragment key={team}>
      {at > 0 && ', '}
      <Called value={team} />
    </Fragment>
  ));
}

interface CalledProps {
  value: string | null | undefined;
  dimension?: string;
}

/** A team, or a value of another dimension, by its name; the value itself is in the title. */
export function Called({ value, dimension = 'team' }: CalledProps) {
  const name = useCalled()(dimension, value);
  const whole = withValue(name, value);
  const short = shortened(name, MOST);
  return short === whole ? name : <bdi title={whole}>{short}</bdi>;
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, write } from '../api/client';
import type * as schema from '../api/schema';
import { moment } from '../format/dates';

export type Facts = schema.TeamFacts;

/** Who a team is today; a team that only a bill names has none. */
export function useTeamFacts(team: string): Facts | undefined {
  return useQuery({
    queryKey: ['teams', team],
    queryFn: ({ signal }) => get<Facts>(`/teams/${encodeURIComponent(team)}`, signal),
    retry: false,
  }).data;
}

/** Says that the last full week was looked at, once, for everybody to see. */
export function Reviewed({ facts }: { facts: Facts }) {
  const queries = useQueryClient();
  const { team, week, reviews } = facts;
  const sent = useMutation({
    mutationFn: () => write<Facts>('PUT', '/reviews', { team, week }),
    onSuccess: (found) => queries.setQueryData(['teams', team], found),
  });
  const done = reviews.find((one) => one.week === week);
  const number = week.slice(-2);
  if (done)
    return (
      <span className="muted" role="status" title={moment(done.at)}>
        ✓ Reviewed week {number}, {done.actor}
      </span>
    );
  const last = reviews[0];
  return (
    <>
      <button
        type="button"
        id="reviewed"
        className="button"
        disabled={sent.isPending}
        title={last ? `Reviewed last: ${last.week}, ${last.actor}` : 'Nobody reviewed it yet'}
        onClick={() => sent.mutate()}
      >
        ✓ Reviewed week {number}
      </button>
      {sent.error && (
        <span role="alert" className="bad-text">
          {sent.error.message}
        </span>
      )}
    </>
  );
}

import { DisputeList, RequestList } from './Lists';
import { QuestionList } from './Questions';

/** What waits for a team, what it asked for and was asked, and what it disputes or is told to take. */
export default function OfTeam({ team }: { team: string }) {
  return (
    <>
      <RequestList team={team} />
      <h3>Questions</h3>
      <QuestionList team={team} />
      <h3>Disputes</h3>
      <DisputeList team={team} />
    </>
  );
}

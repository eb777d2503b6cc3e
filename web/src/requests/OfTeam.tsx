import { FileMenu } from '../table/ExportMenu';
import { DisputeList, RequestList } from './Lists';
import { QuestionList } from './Questions';

/** What waits for a team, what it asked for and was asked, and what it disputes or is told to take. */
export default function OfTeam({ team }: { team: string }) {
  const text = `team=${encodeURIComponent(team)}`;
  return (
    <>
      <header className="with-tool">
        <h3>Requests</h3>
        <FileMenu of="rules/requests" text={text} name="requests" />
      </header>
      <RequestList team={team} />
      <header className="with-tool">
        <h3>Questions</h3>
        <FileMenu of="questions" text={text} name="questions" />
      </header>
      <QuestionList team={team} />
      <header className="with-tool">
        <h3>Disputes</h3>
        <FileMenu of="rules/disputes" text={text} name="disputes" />
      </header>
      <DisputeList team={team} />
    </>
  );
}

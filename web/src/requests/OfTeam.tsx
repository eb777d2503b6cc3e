import { FileMenu } from '../table/ExportMenu';
import { DisputeList, RequestList } from './Lists';
import { QuestionList } from './Questions';

/** What waits for a team, what it asked for and was asked, and what it disputes or is told to take. */
export default function OfTeam({ team }: { team: string }) {
  const text = `team=${encodeURIComponent(team)}`;
  return (
    <>
      <h3 className="with-tool">
        Requests <FileMenu of="rules/requests" text={text} name="requests" />
      </h3>
      <RequestList team={team} />
      <h3 className="with-tool">
        Questions <FileMenu of="questions" text={text} name="questions" />
      </h3>
      <QuestionList team={team} />
      <h3 className="with-tool">
        Disputes <FileMenu of="rules/disputes" text={text} name="disputes" />
      </h3>
      <DisputeList team={team} />
    </>
  );
}

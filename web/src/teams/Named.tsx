import { Link } from '../app/Link';
import { count } from '../format/format';
import { Empty, Failure, Skeleton } from '../ui/States';
import { useRules } from './ask';
import { mentions } from './named';

/** The lines of the rules that name a team, each a link into the editor. */
export function NamedIn({ team }: { team: string }) {
  const rules = useRules();
  if (rules.error && !rules.data) return <Failure error={rules.error} what="The rules" retry={() => rules.refetch()} />;
  if (!rules.data) return <Skeleton lines={3} />;
  const found = mentions(rules.data, team);
  if (rules.data.version === 0)
    return (
      <Empty title="No rules yet" action={<Link path="/attribution">Write the first ones</Link>}>
        Whose cost it is, the rules say. Until there are any, everything is unallocated.
      </Empty>
    );
  if (found.length === 0)
    return (
      <Empty title="No line of the rules names it" action={<Link path="/attribution">Look at the rules</Link>}>
        Its cost comes by a tag, a table or a name that is written as the team is called.
      </Empty>
    );
  return (
    <ul className="mentions">
      {found.map(({ file, line, text }) => (
        <li key={`${file}:${line}`}>
          <Link row path="/attribution" text={`sel=${encodeURIComponent(`${file}:${line}`)}`}>
            {file}, line {count(line)}
          </Link>
          <code>{text}</code>
        </li>
      ))}
    </ul>
  );
}

import { Link } from '../app/Link';
import type { Rules } from '../teams/ask';
import { filesOf } from '../teams/named';
import { Empty } from '../ui/States';
import { Drafting } from './Drafting';
import { RuleForms } from './RuleForms';
import type { Draft } from './useDraft';

/** Every document of the rules: as text, and rules.yaml by form as well. */
export function RulesTab({ live, draft }: { live: Rules; draft: Draft }) {
  return (
    <Drafting
      live={live}
      draft={draft}
      tab=""
      files={filesOf(draft.texts)}
      form={(faults) => <RuleForms live={live} draft={draft} faults={faults} />}
      empty={
        live.version === 0 && (
          <Empty
            title="No rules yet"
            action={
              <Link path="/attribution" text="sel=org.yaml" className="button primary">
                List the teams
              </Link>
            }
          >
            Until there are rules, all cost is without an owner. List the teams in org.yaml, then say in rules.yaml
            which tags and accounts are whose; or use the proposal on the first page.
          </Empty>
        )
      }
    />
  );
}

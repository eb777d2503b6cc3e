import { useCatalogueImports } from '../api/queries';
import { Link } from '../app/Link';
import { Panel } from '../ui/States';
import { IssueList } from './Issues';

/** What kept the catalogue from being read, and who must act; nothing while it is well. */
export function CatalogueIssues() {
  const issues = useCatalogueImports().data?.issues ?? [];
  if (issues.length === 0) return null;
  return (
    <Panel
      title="Catalogue"
      tools={
        <Link path="/attribution" text="tab=org" className="button">
          The import
        </Link>
      }
    >
      <IssueList issues={issues} />
    </Panel>
  );
}

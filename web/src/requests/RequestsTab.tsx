import { useAddress } from '../app/address';
import { FileMenu } from '../table/ExportMenu';
import { Panel } from '../ui/States';
import { EndedPanel } from './Ended';
import { DisputeList, RequestList } from './Lists';
import { OffersPanel } from './Offers';
import { Opened } from './Opened';
import { ToilPanel } from './Toil';

/** What teams want of each other; the one that lies open; what is disputed; and how much of it all is done by hand. */
export function RequestsTab() {
  const { view } = useAddress();
  return (
    <>
      <Panel title="Requests" note="those that wait first" tools={<FileMenu of="rules/requests" text="" />}>
        <RequestList lit={view.sel} />
      </Panel>
      {view.sel && <Opened key={view.sel} id={view.sel} />}
      <Panel title="Disputes" note="newest first" tools={<FileMenu of="rules/disputes" text="" />}>
        <DisputeList />
      </Panel>
      <OffersPanel />
      <EndedPanel />
      <ToilPanel />
    </>
  );
}

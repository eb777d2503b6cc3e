import type { Page } from '../app/pages';
import { ColourPlaces } from '../settings/ColourPlaces';
import { PreferencesForm } from '../settings/PreferencesForm';
import { Failure, Panel, Skeleton } from '../ui/States';
import { usePreferences, useViews } from '../views/ask';

/** Settings that hold for the organisation, and where one's own visit begins. */
export const page: Page = {
  path: '/settings',
  label: 'Settings',
  icon: 'settings',
  order: 97,
  key: '',
  scope: 'none',
  hidden: true,
};

export default function Settings() {
  const preferences = usePreferences();
  const views = useViews();
  const failed = preferences.error ?? views.error;
  return (
    <div className="stack">
      <Panel title="For everybody, and where you begin">
        {preferences.data && views.data ? (
          <PreferencesForm now={preferences.data} views={views.data} />
        ) : failed ? (
          <Failure error={failed} what="The settings" retry={() => [preferences.refetch(), views.refetch()]} />
        ) : (
          <Skeleton lines={6} />
        )}
      </Panel>
      <Panel title="Colours">
        <ColourPlaces />
      </Panel>
    </div>
  );
}

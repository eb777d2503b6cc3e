import { useState } from 'react';
import { BASE } from '../api/client';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';
import { setTheme, type Theme, useTheme } from '../ui/theme';
import { useAddress } from './address';
import { Link } from './Link';
import { openOverlay } from './overlay';
import { isWithin, PAGES } from './pages';

const COLLAPSED = 'outlay.rail';

function remembered(): boolean {
  try {
    return localStorage.getItem(COLLAPSED) === 'closed';
  } catch {
    return false;
  }
}

export function Rail() {
  const { path } = useAddress();
  const [closed, setClosed] = useState(remembered);
  const toggle = () => {
    setClosed(!closed);
    try {
      localStorage.setItem(COLLAPSED, closed ? 'open' : 'closed');
    } catch {
      // Storage closed: it opens again next time.
    }
  };
  return (
    <nav className={closed ? 'rail is-closed' : 'rail'} aria-label="Pages">
      <div className="rail-brand">
        <img src={`${BASE}icon.svg`} alt="" width="24" height="24" />
        <span className="rail-word">Outlay</span>
      </div>
      <ul>
        {PAGES.filter((page) => !page.hidden).map((page) => (
          <li key={page.path}>
            <Link
              path={page.path}
              className={isWithin(path, page) ? 'rail-item is-here' : 'rail-item'}
              title={page.label}
            >
              <Icon name={page.icon} size={20} />
              <span className="rail-word">{page.label}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="rail-foot">
        <button
          type="button"
          className="rail-item"
          onClick={() => openOverlay('palette')}
          title="Search and commands (Ctrl K)"
        >
          <Icon name="search" size={20} />
          <span className="rail-word">Search</span>
          <kbd className="rail-word">Ctrl K</kbd>
        </button>
        <button
          type="button"
          className="rail-item wide-only"
          onClick={() => openOverlay('keys')}
          title="Keyboard shortcuts (?)"
        >
          <Icon name="help" size={20} />
          <span className="rail-word">Keys</span>
        </button>
        <Link
          path="/settings"
          className={path === '/settings' ? 'rail-item wide-only is-here' : 'rail-item wide-only'}
          title="Settings"
        >
          <Icon name="settings" size={20} />
          <span className="rail-word">Settings</span>
        </Link>
        <ThemeMenu />
        <button
          type="button"
          className="rail-item wide-only"
          onClick={toggle}
          aria-expanded={!closed}
          title={closed ? 'Open the rail' : 'Close the rail'}
        >
          <Icon name={closed ? 'right' : 'left'} size={20} />
          <span className="rail-word">Collapse</span>
        </button>
      </div>
    </nav>
  );
}

const THEMES: { id: Theme; label: string; icon: 'screen' | 'sun' | 'moon' }[] = [
  { id: 'system', label: 'As the system', icon: 'screen' },
  { id: 'light', label: 'Light', icon: 'sun' },
  { id: 'dark', label: 'Dark', icon: 'moon' },
];

function ThemeMenu() {
  const theme = useTheme();
  const now = THEMES.find((item) => item.id === theme);
  return (
    <MenuButton
      className="rail-item"
      name={`Theme: ${now?.label}`}
      label="Theme"
      placement="right bottom"
      choices={THEMES}
      chosen={[theme]}
      onChoose={(id) => setTheme(id as Theme)}
    >
      <Icon name={now?.icon ?? 'screen'} size={20} />
      <span className="rail-word">Theme</span>
    </MenuButton>
  );
}

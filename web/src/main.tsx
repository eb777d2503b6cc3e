import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { BASE } from './api/client';
import { queryClient } from './api/queries';
import { begin } from './app/begin';
import { router } from './app/router';
import './styles/index.css';

begin(location.pathname.slice(BASE.length - 1), location.search.slice(1)).then(() => {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
});

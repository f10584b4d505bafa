import './player/before-videojs.ts';
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { FaultBoundary } from './parts/FaultBoundary.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><FaultBoundary><App /></FaultBoundary></StrictMode>);

import './player/before-videojs.ts';
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { FaultBoundary } from './parts/FaultBoundary.tsx';
import { FaultScreen, FaultWords } from './screens/FaultScreen.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><FaultBoundary otherwise={<FaultBoundary otherwise={<FaultWords />}><FaultScreen /></FaultBoundary>}><App /></FaultBoundary></StrictMode>);

// The page around the panel: which patient, from the address (#id). It holds no key: what it asks goes
// to its own server.

import { createClient } from '@chartway/client'
import { createRoot } from 'react-dom/client'
import { ChartPanel } from './panel.tsx'
import './panel.css'

const client = createClient({ url: location.origin })
const root = document.querySelector('#panel')
if (root !== null)
  createRoot(root).render(<ChartPanel client={client} patient={location.hash.slice(1)} />)

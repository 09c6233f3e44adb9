// Where the page begins: dress, memory of answers, routes. It holds no page of its own.

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@mantine/core/styles.css'
import './look/tokens.css'
import './look/base.css'
import './look/parts.css'
import { queries } from './api/client.ts'
import { theme, variables } from './look/theme.ts'
import { router } from './routes.tsx'

const scheme = localStorageColorSchemeManager({ key: 'chartway.scheme' })
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
// Dialogs keep the page behind them still by a style element, which asks for its nonce here.
Object.assign(window, { __webpack_nonce__: nonce })
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root')

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

// The console's dress for Mantine's components: sizes, radius and colours come from tokens.css, so that
// both schemes hold for ours and theirs alike.

import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core'

const PINE: MantineColorsTuple = [
  '#e6f3f2',
  '#d0e5e4',
  '#a5cfcd',
  '#77b8b5',
  '#4c9f9c',
  '#2a8683',
  '#17716f',
  '#0c5a61',
  '#0a4a50',
  '#073a3f',
]

/** Greys of the dark scheme, in the page's own shade. */
const DARK: MantineColorsTuple = [
  '#e5ecea',
  '#bac6c3',
  '#97a5a1',
  '#6b7975',
  '#3b4a46',
  '#2b3734',
  '#1a2423',
  '#151d1c',
  '#101716',
  '#0d1312',
]

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  colors: { pine: PINE, dark: DARK },
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: { fontFamily: 'var(--sans)', fontWeight: '650' },
  defaultRadius: 'sm',
  radius: { sm: '6px' },
  respectReducedMotion: true,
  focusRing: 'auto',
  // Written on the accent: dark on the light one of the dark scheme.
  variantColorResolver: (input) => {
    const usual = defaultVariantColorsResolver(input)
    return input.variant === 'filled' ? { ...usual, color: 'var(--accent-ink)' } : usual
  },
  components: {
    Tooltip: {
      defaultProps: {
        withArrow: true,
        openDelay: 150,
        multiline: true,
        maw: 340,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm', withAsterisk: false } },
    PasswordInput: { defaultProps: { size: 'sm', withAsterisk: false } },
    Checkbox: { defaultProps: { iconColor: 'var(--accent-ink)' } },
    Select: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 80 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 80 } } },
  },
})

/** Mantine's own variables, said in terms of ours. */
export const variables: CSSVariablesResolver = () => {
  const ours = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-mid)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-pine-filled': 'var(--accent)',
    '--mantine-color-pine-filled-hover': 'var(--accent)',
    '--mantine-color-pine-light': 'var(--accent-soft)',
    '--mantine-color-pine-light-color': 'var(--accent)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-primary-color-contrast': 'var(--accent-ink)',
  }
  return { variables: {}, light: ours, dark: ours }
}

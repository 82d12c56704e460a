import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'

// antd measures its popups; in jsdom nothing has a size, so nothing ever resizes.
class StillResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

beforeEach(() => {
  globalThis.ResizeObserver = StillResizeObserver
  localStorage.clear()
  // antd asks for breakpoints; jsdom has no layout, so every query is false.
  window.matchMedia = (query: string) =>
    ({ matches: false, media: query, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} }) as unknown as MediaQueryList
})
afterEach(cleanup)

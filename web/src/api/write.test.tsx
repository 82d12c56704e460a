import { renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Stage } from '@/stories/Stage'
import { useWrite } from './write'

it('keeps its key while the same file is sent again, and takes a new one for another file', async () => {
  const keys: string[] = []
  const failing = async (_: File, key: string) => {
    keys.push(key)
    throw new TypeError('Failed to fetch')
  }
  const { result } = renderHook(() => useWrite(failing), { wrapper: ({ children }) => <Stage>{children}</Stage> })
  const report = new File(['a'], 'report.pdf', { lastModified: 1 })
  for (const file of [report, report, new File(['bb'], 'other.pdf', { lastModified: 2 })]) await result.current.mutateAsync(file).catch(() => undefined)
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})

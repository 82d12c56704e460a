import { renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { Stage } from '@/stories/Stage'
import { Problem } from './problem'
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

it('asks once for a double click, and anew after a conflict', async () => {
  const keys: string[] = []
  let answer: () => void = () => undefined
  const writing = (_: undefined, key: string) => {
    keys.push(key)
    return new Promise<void>((done, failed) => {
      answer = () => (keys.length === 1 ? failed(new Problem({ code: 'conflict' })) : done())
    })
  }
  const { result } = renderHook(() => useWrite(writing), { wrapper: ({ children }) => <Stage>{children}</Stage> })
  const clicks = [result.current.mutateAsync(undefined), result.current.mutateAsync(undefined)]
  await vi.waitFor(() => expect(keys).toHaveLength(1))
  answer()
  expect((await Promise.allSettled(clicks)).map((c) => c.status)).toEqual(['rejected', 'rejected'])
  const again = result.current.mutateAsync(undefined)
  await vi.waitFor(() => expect(keys).toHaveLength(2))
  answer()
  await again
  expect(keys[1]).not.toBe(keys[0])
})

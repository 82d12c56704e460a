import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { Problem } from './problem'

/** A fresh key for one intention. randomUUID needs a secure context; random values do not. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

/**
 * A write with an idempotency key. A double click asks once: the second click
 * shares the first one's answer. The key stays while the same input is tried
 * again after a lost answer, so the server acts once; a changed input, a success
 * or a conflict, which says to look first, begins a new intention.
 */
export function useWrite<In, Out>(write: (input: In, key: string) => Promise<Out>, onDone?: (out: Out, input: In) => void) {
  const client = useQueryClient()
  const intention = useRef({ input: '', key: '' })
  const running = useRef<{ key: string; answer: Promise<Out> } | null>(null)
  return useMutation({
    mutationFn: (input: In) => {
      const text = input instanceof File ? `${input.name} ${input.size} ${input.lastModified}` : (JSON.stringify(input) ?? '')
      if (intention.current.key === '' || intention.current.input !== text) intention.current = { input: text, key: newKey() }
      const { key } = intention.current
      if (running.current?.key !== key) {
        const answer = write(input, key).finally(() => {
          if (running.current?.key === key) running.current = null
        })
        running.current = { key, answer }
      }
      return running.current.answer
    },
    onSuccess: async (out, input) => {
      intention.current = { input: '', key: '' }
      await client.invalidateQueries()
      onDone?.(out, input)
    },
    onError: (error) => {
      if (Problem.from(error).code === 'conflict') intention.current = { input: '', key: '' }
    },
  })
}

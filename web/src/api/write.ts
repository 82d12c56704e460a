import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'

/** A fresh key for one intention. randomUUID needs a secure context; random values do not. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

/**
 * A write with an idempotency key. The key stays while the same input is tried
 * again (a double click, a lost answer), so the server acts once; a changed
 * input or a success begins a new intention.
 */
export function useWrite<In, Out>(write: (input: In, key: string) => Promise<Out>, onDone?: (out: Out, input: In) => void) {
  const client = useQueryClient()
  const intention = useRef({ input: '', key: '' })
  return useMutation({
    mutationFn: (input: In) => {
      const text = input instanceof File ? `${input.name} ${input.size} ${input.lastModified}` : (JSON.stringify(input) ?? '')
      if (intention.current.key === '' || intention.current.input !== text) intention.current = { input: text, key: newKey() }
      return write(input, intention.current.key)
    },
    onSuccess: async (out, input) => {
      intention.current = { input: '', key: '' }
      await client.invalidateQueries()
      onDone?.(out, input)
    },
  })
}

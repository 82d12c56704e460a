import { useEffect, useRef, useState } from 'react'
import { Problem } from '@/api/problem'
import { useKept } from '@/features/session/kept'
import { saveScore, type Review, type ScoreInput } from './api'
import { fits } from './points'

const PAUSE_MS = 800
const AGAIN_MS = 5000

export interface Typed {
  marks: Record<string, string>
  comment: string
}

/** What a reviewer types, by criterion; what is no mark yet is kept and not sent. */
export function inputOf(review: Review, typed: Typed, revision: number): ScoreInput {
  const marks = review.sheet.criteria
    .map((c) => ({ criterion: c.id, points: (typed.marks[c.id] ?? '').trim(), most: c.most }))
    .filter((m) => fits(m.points, m.most))
    .map(({ criterion, points }) => ({ criterion, points }))
  return { revision, marks, comment: typed.comment }
}

const typedOf = (review: Review): Typed => ({ marks: Object.fromEntries(review.own.marks.map((m) => [m.criterion, m.points])), comment: review.own.comment })

/**
 * Saves the draft after a short pause, one request at a time, each with the
 * revision it builds on. What cannot be saved stays typed, is kept for this tab
 * and tried again; a draft that was saved elsewhere meanwhile stops it, and the
 * page says so.
 */
export function useScoreDraft(review: Review) {
  const kept = useKept<Typed>(`score.${review.id}.${review.own.corrects}`)
  const [typed, setTyped] = useState(() => kept.read() ?? typedOf(review))
  const [saving, setSaving] = useState(false)
  const [savedAt, setSavedAt] = useState<string | null>(review.own.saved_at ?? null)
  const [error, setError] = useState<unknown>(null)
  const revision = useRef(review.own.revision)
  const latest = useRef(typed)
  const dirty = useRef(kept.read() !== null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(Promise.resolve())

  async function save() {
    if (!dirty.current) return
    dirty.current = false
    setSaving(true)
    try {
      const saved = await saveScore(review.id, inputOf(review, latest.current, revision.current))
      revision.current = saved.revision
      setSavedAt(saved.saved_at ?? null)
      setError(null)
      if (!dirty.current) kept.forget()
    } catch (e) {
      dirty.current = true
      setError(e)
      const { status } = Problem.from(e)
      if (status === 0 || status >= 500) timer.current = setTimeout(() => void enqueue().catch(() => undefined), AGAIN_MS)
      throw e
    } finally {
      setSaving(false)
    }
  }
  function enqueue(): Promise<void> {
    clearTimeout(timer.current)
    running.current = running.current.catch(() => undefined).then(save)
    return running.current
  }
  function type(next: Typed) {
    setTyped(next)
    latest.current = next
    dirty.current = true
    kept.write(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void enqueue().catch(() => undefined), PAUSE_MS)
  }
  const leave = useRef(enqueue)
  useEffect(() => {
    leave.current = enqueue
  })
  useEffect(() => () => void (dirty.current && leave.current().catch(() => undefined)), []) // leaving does not wait for the pause

  return {
    typed,
    saving,
    savedAt,
    error,
    mark: (criterion: string, points: string) => type({ ...latest.current, marks: { ...latest.current.marks, [criterion]: points } }),
    comment: (comment: string) => type({ ...latest.current, comment }),
    /** Writes what is unsaved and returns what to submit. */
    async flush(): Promise<ScoreInput> {
      await enqueue()
      return inputOf(review, latest.current, revision.current)
    },
    forget: kept.forget,
  }
}

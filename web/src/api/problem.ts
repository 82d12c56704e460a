import type { Dictionary } from '@/i18n'

/** One fault of one place in the input. */
export interface FieldProblem {
  path: string
  message: string
}

interface Body {
  code?: string
  status?: number
  detail?: string
  request_id?: string
  errors?: { path?: string; location?: string; message?: string }[] | null
}

/** An answer of the API that is not the one asked for, as problem+json says it; or no answer at all. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly detail: string
  readonly requestId: string
  readonly fields: FieldProblem[]

  constructor(body: Body) {
    super(body.detail ?? body.code ?? 'problem')
    this.code = body.code ?? codeOf(body.status)
    this.status = body.status ?? 0
    this.detail = body.detail ?? ''
    this.requestId = body.request_id ?? ''
    this.fields = (body.errors ?? []).map((e) => ({ path: e.path ?? e.location ?? '', message: e.message ?? '' }))
  }

  /** Whatever was thrown, as a problem: a failed fetch is "unreachable", in the words of each browser. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error
    const network = error instanceof TypeError && /fetch|network|load failed|import/i.test(error.message)
    return new Problem({ code: network ? 'unreachable' : 'internal' })
  }

  title(d: Dictionary): string {
    const titles: Record<string, string> = d.problem
    return titles[this.code] ?? d.problem.internal
  }

  /** The message for one field of a form, when the server named it. */
  of(path: string): string | undefined {
    return this.fields.find((f) => f.path === path || f.path.endsWith(`.${path}`))?.message
  }
}

function codeOf(status = 0): string {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 409) return 'conflict'
  return status >= 400 && status < 500 ? 'invalid' : 'internal'
}

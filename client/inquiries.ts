// Questions to a Worker that wait for their answers, by number.

interface Waiting<Answer> {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

export class Inquiries<Answer> {
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private last = 0;

  /** @param ask passes the question's number on */
  open(ask: (request: number) => void): Promise<Answer> {
    const request = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject });
      ask(request);
    });
  }

  answer(request: number, answer: Answer): void {
    this.waiting.get(request)?.resolve(answer);
    this.waiting.delete(request);
  }

  close(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

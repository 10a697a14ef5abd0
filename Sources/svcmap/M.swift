import ArgumentParser
import Configuration
import Foundation
import Render

@main struct M {
    static func main() {
        if CommandLine.arguments.dropFirst().first == RenderWorker.argument { exit(RenderWorker.main()) }
    }
}
